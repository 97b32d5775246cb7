import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/bindings";
import { SESSION_MAX_LEADS } from "../../src/core/session/calls/lead";
import { sha256 } from "../../src/core/sha256";
import worker from "../../src/index";
import { SUBMIT_NAME_MS } from "../../src/limits";
import { stopClock } from "../support/clock";
import {
  deliveriesOf,
  endpoint,
  fromPage,
  leadsOf,
  newSite,
  OLD_SECRET,
  receive,
  redeliverAll,
  SECRET,
  saveSite,
  settle,
  submissionsOf,
  submit,
} from "../support/leads";
import { ask, callOf, evict, journalOf, KEY, PAGE, someEvents, stubOf, take } from "../support/visit";
import { problemOf } from "./helpers";

const HOUR = 3_600_000;

beforeEach(() => stopClock("2031-09-01T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const ANNA = { name: "Anna Ødegård", email: "anna@shop.example", phone: "+49 30 901820", message: "Hallo" };

describe("a lead", () => {
  it("goes from a form to D1 and to the receiver, signed", async () => {
    const received = receive();
    const site = await newSite();
    const { lead_id, status } = await submit(site, ANNA);
    expect(status).toBe("accepted");
    await settle(lead_id);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      type: "lead.created",
      data: {
        lead: { lead_id, name: "Anna Ødegård", email: "anna@shop.example", email_class: "own", phone: "+4930901820" },
        session: { link: "none", session_id: null },
      },
    });
    expect(await leadsOf(site)).toMatchObject([{ lead_id, status: "open", submissions: 1, phone: "+4930901820" }]);
    expect(await submissionsOf(site)).toMatchObject([{ lead_id, outcome: "created" }]);
    expect(await deliveriesOf(site)).toMatchObject([
      { lead_id, state: "delivered", attempts: 1, status: 200, delivery_id: received[0]?.id },
    ]);
  });

  it("is tried on the schedule until the receiver takes it, under one id", async () => {
    const received = receive((_, n) => new Response("not now", { status: n < 4 ? 503 : 200 }));
    const site = await newSite();
    const { lead_id } = await submit(site, ANNA);
    await settle(lead_id);
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    const [a = 0, b = 0, c = 0, d = 0] = received.map(({ at }) => at);
    expect([b - a, c - b, d - c].map((ms) => Math.floor(ms / 5_000) > 0)).toEqual([true, true, true]);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "delivered", attempts: 4 }]);
  });

  it.each([
    ["an address", (i: number) => ({ email: "Same@Shop.example", name: `n${i}` })],
    ["a phone", (i: number) => ({ name: `n${i}`, phone: i % 2 ? "+49 30 901820" : "0049 (30) 90 18 20" })],
    [
      "a visitor",
      (i: number) => ({ visitor_id: "v-42", ...(i % 2 ? { email: "a@shop.example" } : { phone: "+49 30 901820" }) }),
    ],
  ])("is one lead when 50 come at once with nothing in common but %s", async (_, lead) => {
    receive();
    const site = await newSite();
    const taken = await Promise.all(Array.from({ length: 50 }, (_, i) => submit(site, lead(i))));
    expect(new Set(taken.map(({ lead_id }) => lead_id)).size).toBe(1);
    expect(taken.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(await leadsOf(site)).toMatchObject([{ submissions: 50 }]);
    expect(await submissionsOf(site)).toHaveLength(50);
  });

  it("counts once however often it is sent again, by header or by the form's own id", async () => {
    const received = receive();
    const site = await newSite();
    const headers = { "Idempotency-Key": "k-1" };
    const sent = await Promise.all([1, 2, 3].map(() => submit(site, ANNA, headers)));
    expect(new Set(sent.map((one) => JSON.stringify(one)))).toHaveLength(1);
    const again = await submit(site, { ...ANNA, submission_id: "k-1" });
    expect(again).toEqual(sent[0]);
    await settle(again.lead_id);
    expect(await leadsOf(site)).toMatchObject([{ submissions: 1 }]);
    expect(received).toHaveLength(1);
    // Another site's key is another key.
    expect((await submit(await newSite([]), ANNA, headers)).lead_id).not.toBe(again.lead_id);
  });

  it("is a submit of its own for each of three people whose page always sends the same id", async () => {
    const site = await newSite([]);
    const people = ["anna", "bert", "cleo"].map((name) => ({ name, email: `${name}@shop.example` }));
    const send = (person: object) => submit(site, { ...person, submission_id: "contact-form-1" });
    const taken = await Promise.all(people.map(send));
    expect(new Set(taken.map(({ lead_id }) => lead_id)).size).toBe(3);
    expect((await leadsOf(site)).map(({ name }) => name).sort()).toEqual(["anna", "bert", "cleo"]);
    // Each one's own retry is still told.
    expect(await Promise.all(people.map(send))).toEqual(taken);
    expect(await submissionsOf(site)).toHaveLength(3);
  });

  it("is more than one submit when one person says something else under the same key", async () => {
    const site = await newSite([]);
    const headers = { "Idempotency-Key": "contact-form-1" };
    const first = await submit(site, ANNA, headers);
    const second = await submit(site, { ...ANNA, message: "One more thing" }, headers);
    expect(second).toEqual({ lead_id: first.lead_id, status: "merged" });
    expect(await submissionsOf(site)).toHaveLength(2);
    expect(await submit(site, ANNA, headers)).toEqual(first);
    expect(await submit(site, { ...ANNA, message: "One more thing" }, headers)).toEqual(second);
    expect(await submissionsOf(site)).toHaveLength(2);
  });

  it("is the same submit from another address, another country and another session", async () => {
    const site = await newSite([]);
    const lead = { phone: "+49 30 901820", submission_id: "k-1", message: "Two\nlines" };
    const first = await submit(site, lead, { "CF-Connecting-IP": "198.51.100.7", "CF-IPCountry": "DE" });
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: someEvents(1) }));
    const again = { ...lead, phone: "0049 30 90 18 20", message: "Two\r\nlines", session_id: id, which: "top" };
    expect(await submit(site, again, { "CF-Connecting-IP": "203.0.113.9", "CF-IPCountry": "US" })).toEqual(first);
    expect(await submissionsOf(site)).toHaveLength(1);
  });

  it("is a new submit when its key is used again after a day, and the key of that one from then on", async () => {
    const site = await newSite([]);
    const headers = { "Idempotency-Key": "k-1" };
    const ids = async () => (await submissionsOf(site)).map(({ submission_id }) => submission_id);
    await submit(site, ANNA, headers);
    vi.setSystemTime(Date.now() + SUBMIT_NAME_MS - 1);
    await submit(site, ANNA, headers);
    expect(await ids()).toHaveLength(1);
    vi.setSystemTime(Date.now() + 1);
    await Promise.all([submit(site, ANNA, headers), submit(site, ANNA, headers)]);
    expect(await ids()).toHaveLength(2);
    vi.setSystemTime(Date.now() + SUBMIT_NAME_MS);
    await submit(site, ANNA, headers);
    expect(await ids()).toHaveLength(3);
  });

  it("takes a repeat within 24 h into itself, and is opened anew by a later one", async () => {
    const received = receive();
    const site = await newSite();
    const first = await submit(site, ANNA);
    await settle(first.lead_id);
    vi.setSystemTime(Date.now() + 23 * HOUR);
    const second = await submit(site, { email: "ANNA@shop.example", message: "Once more" });
    await settle(second.lead_id, Date.now() + HOUR);
    vi.setSystemTime(Date.now() + 2 * HOUR);
    const third = await submit(site, { phone: ANNA.phone });
    await settle(third.lead_id, Date.now() + HOUR);
    expect([first, second, third].map(({ status }) => status)).toEqual(["accepted", "merged", "accepted"]);
    for (const { submission_id } of await submissionsOf(site)) await settle(String(submission_id), Date.now() + HOUR);
    await settle(first.lead_id, Date.now() + HOUR);
    expect(await leadsOf(site)).toMatchObject([
      { submissions: 3, message: "Once more", name: ANNA.name, status: "open" },
    ]);
    expect((await submissionsOf(site)).map(({ outcome }) => outcome)).toEqual(["created", "merged", "reengaged"]);
    expect(received.map(({ type }) => type)).toEqual(["lead.created", "lead.merged", "lead.reengaged"]);
  });

  it("keeps what it has claimed when somebody names it together with what another lead has claimed", async () => {
    const site = await newSite([]);
    const anna = await submit(site, { email: "anna@shop.example" });
    const bert = await submit(site, { phone: "+49 30 901820" });
    const both = await submit(site, { email: "anna@shop.example", phone: "+49 30 901820" });
    expect(both.lead_id).toBe(anna.lead_id);
    expect((await submit(site, { phone: "030 901820", country: "DE" })).lead_id).toBe(bert.lead_id);
  });

  it("is told to every endpoint that wants it, signed by every secret", async () => {
    const received = receive();
    const secrets = [SECRET, OLD_SECRET];
    const site = await newSite([endpoint("a", { secrets }), endpoint("b"), endpoint("c", { events: ["alert"] })]);
    await settle((await submit(site, ANNA)).lead_id);
    expect(received.map(({ url }) => new URL(url).host).sort()).toEqual(["a.crm.example", "b.crm.example"]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(2);
    const calls = vi.mocked(fetch).mock.calls.map(([input, init]) => new Request(input, init as RequestInit));
    const signatures = calls.map((call) => call.headers.get("webhook-signature")?.split(" ").length);
    expect(signatures.sort()).toEqual([1, 2]);
  });

  it("that meets a paused endpoint is a dead letter, and is sent when somebody says so", async () => {
    const received = receive();
    const site = await newSite([endpoint("crm", { enabled: false })]);
    const { lead_id } = await submit(site, ANNA);
    await settle(lead_id);
    expect(received).toEqual([]);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "dead", reason: "endpoint_paused" }]);
    await saveSite(site, [endpoint("crm")]);
    await redeliverAll(site);
    await settle(lead_id);
    expect(received).toHaveLength(1);
    expect(await deliveriesOf(site)).toMatchObject([{ state: "delivered" }]);
  });

  it.each([302, 307, 308])(
    "is a dead letter when %i sends it elsewhere: a redirect is not followed",
    async (status) => {
      const headers = { Location: "https://elsewhere.example/hook" };
      const received = receive(({ url }) => new Response(null, url.includes("elsewhere") ? {} : { status, headers }));
      const site = await newSite();
      await settle((await submit(site, ANNA)).lead_id);
      expect(received.map(({ url }) => url)).toEqual(["https://crm.crm.example/hook"]);
      expect(await deliveriesOf(site)).toMatchObject([{ state: "dead", attempts: 1, status, reason: "redirect" }]);
    },
  );

  it("goes to an endpoint's new address whatever the old one has said", async () => {
    const received = receive(({ url }) => new Response(null, { status: url.includes("old") ? 410 : 200 }));
    const site = await newSite([endpoint("crm", { url: "https://old.example/hook" })]);
    await settle((await submit(site, { email: "a@shop.example" })).lead_id);
    await settle((await submit(site, { email: "b@shop.example" })).lead_id);
    expect((await deliveriesOf(site)).map(({ reason }) => reason).sort()).toEqual(["endpoint_disabled", "http_410"]);
    await saveSite(site, [endpoint("crm", { url: "https://new.example/hook" })]);
    await settle((await submit(site, { email: "c@shop.example" })).lead_id);
    expect(received.map(({ url }) => new URL(url).host)).toEqual(["old.example", "new.example"]);
  });
});

describe("a lead's session", () => {
  const clicks = someEvents(4);
  const EVIDENCE = { link: "linked", label: expect.any(String), page_views: expect.any(Number), country: "DE" };

  it("lends what it knows at the submit, and that stays as it was", async () => {
    const received = receive();
    const site = await newSite();
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: clicks, start: { page: `${PAGE}?utm_source=news&gclid=g` } }));
    vi.setSystemTime(Date.now() + 40_000);
    const { lead_id } = await submit(site, { email: "anna@shop.example", session_id: id.toUpperCase() });
    await take(callOf(id, { site, first: 5, events: clicks, start: false }));
    await settle(lead_id);
    const [message] = received;
    expect(message?.data.session).toMatchObject({
      session_id: id,
      link: "linked",
      page_ms: 40_000,
      session_ms: 40_000,
      campaign: { utm_source: "news", gclid: "g" },
    });
    expect(message?.data.scores).toMatchObject({ engagement: expect.any(Number), reasons: expect.any(Array) });
    expect(message?.data.session["acts"]).toHaveLength(4);
    const [row] = await leadsOf(site);
    expect(row).toMatchObject({ session_id: id, source: "news" });
    expect(JSON.parse(String(row?.["evidence"]))).toMatchObject(EVIDENCE);
    const journal = await journalOf(id);
    expect(journal.filter(({ kind }) => kind === "lead")).toHaveLength(1);
    // What the session hears of it names nobody.
    expect(JSON.stringify(journal)).not.toContain("anna");
  });

  it("hears once of a submit that is sent again, also after an eviction", async () => {
    const site = await newSite([]);
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: clicks }));
    const body = { email: "anna@shop.example", session_id: id, submission_id: "k-1" };
    const first = await submit(site, body);
    expect(await submit(site, body)).toEqual(first);
    await evict(id);
    expect(await submit(site, body)).toEqual(first);
    expect((await journalOf(id)).filter(({ kind }) => kind === "lead")).toHaveLength(1);
  });

  it("notes only so many submits, and lends what it knows to any more of them", async () => {
    const site = await newSite([]);
    const session_id = crypto.randomUUID();
    await take(callOf(session_id, { site, events: clicks }));
    const call = { v: 1, session_id, site, gpc: false, default_consent: "granted", key_hash: null } as const;
    for (let i = 0; i <= SESSION_MAX_LEADS; i++) {
      const lead = { submission: `k-${i}`, honeypot: false, disposable_email: false };
      expect(await stubOf(session_id).lead({ ...call, lead })).toMatchObject({ evidence: { link: "linked" } });
    }
    const noted = (await journalOf(session_id)).filter(({ kind }) => kind === "lead");
    expect(noted).toHaveLength(SESSION_MAX_LEADS);
  });

  it("is not lent to who cannot show its key, but to a server with a key of ours", async () => {
    receive();
    const site = await newSite([]);
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: clicks, key_hash: await sha256("a secret of the page's") }));
    const linkOf = async (body: object, headers = {}) => {
      const { lead_id } = await fromPage(site, { email: `${crypto.randomUUID()}@shop.example`, ...body }, headers);
      const row = (await leadsOf(site)).find((one) => one["lead_id"] === lead_id);
      return (JSON.parse(String(row?.["evidence"])) as { link: string }).link;
    };
    expect(await linkOf({})).toBe("none");
    expect(await linkOf({ session_id: id })).toBe("unknown");
    expect(await linkOf({ session_id: id, session_key: "a guess at the secret" })).toBe("unknown");
    expect(await linkOf({ session_id: id, session_key: "a secret of the page's" })).toBe("linked");
    expect(await linkOf({ session_id: id }, KEY)).toBe("linked");
    expect(await linkOf({ session_id: crypto.randomUUID() }, KEY)).toBe("unknown");
  });

  it("without consent lends its scores and no name", async () => {
    const received = receive();
    const site = await newSite();
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: clicks, start: { consent: "denied" } }));
    await settle((await submit(site, { email: "anna@shop.example", session_id: id })).lead_id);
    expect(received[0]?.data).toMatchObject({
      session: { link: "denied", session_id: null },
      scores: { engagement: expect.any(Number) },
      lead: { visitor_id: null },
    });
    expect(JSON.stringify(received[0]?.data)).not.toContain(id);
  });
});

describe("a plain form of a page that its browser does not name", () => {
  const send = (path: string, site: string, redirect: string, more: Record<string, string> = {}) => {
    const body = new URLSearchParams({ email: "anna@shop.example", redirect, site }).toString();
    const headers = {
      Origin: "null",
      "Content-Type": "application/x-www-form-urlencoded",
      Accept: "text/html",
      ...more,
    };
    return ask(path, { method: "POST", body, headers, redirect: "manual" });
  };

  it("is taken where its action names the site, and its redirect one of the site's hosts; else it is refused", async () => {
    const forms = { redirect_hosts: ["www.shop.example"] };
    const site = await newSite([], { allowed_origins: ["https://shop.example"], forms });
    const thanks = "https://www.shop.example/thanks";
    const taken = await send(`/lead?site=${site}`, site, thanks);
    expect([taken.status, taken.headers.get("Location")]).toEqual([303, thanks]);
    for (const redirect of ["", "/thanks", "https://evil.example/", "https://shop.example/"]) {
      expect((await send(`/lead?site=${site}`, site, redirect)).status, redirect).toBe(403);
    }
    expect((await send("/lead", site, thanks)).status).toBe(403);
    expect((await send(`/lead?site=${site}`, site, thanks, { Referer: "https://evil.example/" })).status).toBe(403);
    expect(await leadsOf(site)).toHaveLength(1);
  });
});

describe("who may send leads in production", () => {
  const send = (headers: Record<string, string>, site = "nobodys") => {
    const init = { method: "POST", body: JSON.stringify(ANNA) };
    const all = { "Content-Type": "application/json", "CF-Connecting-IP": "198.51.100.7", ...headers };
    const request = new Request(`https://pulsegate.example/lead?site=${site}`, { ...init, headers: all });
    const changes: Partial<Env> = { ENVIRONMENT: "production", ANALYTICS_API_KEY: "a-production-key" };
    return worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, ...changes } as Env);
  };

  it("is a page of an allowed origin, or a server with a key", async () => {
    const site = await newSite([], { allowed_origins: ["https://shop.example"] });
    expect((await send({ Origin: "https://shop.example" }, site)).status).toBe(202);
    expect((await send({ Referer: "https://shop.example/contact" }, site)).status).toBe(202);
    await problemOf(await send({ Origin: "https://evil.example" }, site), "origin_not_allowed");
    await problemOf(await send({ Origin: "null" }, site), "origin_not_allowed");
    await problemOf(await send({ Origin: "https://shop.example" }), "origin_not_allowed");
    await problemOf(await send({}, site), "key_required");
    await problemOf(
      await send({ Authorization: "Bearer wrong", Origin: "https://shop.example" }, site),
      "key_required",
    );
    const keyed = { Authorization: "Bearer a-production-key", Origin: "https://evil.example" };
    expect((await send(keyed, site)).status).toBe(202);
  });
});
