import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeCrmWord } from "../../src/data/store/leads";
import { stopClock, tickUntilDrained } from "../support/clock";
import { leadRow, leadsOf, newSite, OLD_SECRET, receive, redeliverAll, SECRET, settle, submit } from "../support/leads";
import { ask, callOf, KEY, post, someEvents, take } from "../support/visit";
import { problemOf } from "./helpers";

beforeEach(() => stopClock("2031-08-01T12:00:00Z"));

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const MINUTE = 60_000;

type Row = Record<string, unknown>;

async function list(path: string): Promise<Row[]> {
  const response = await ask(path, { headers: KEY });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { data: Row[] }).data;
}

const names = async (site: string, query: string): Promise<unknown[]> =>
  (await list(`/analytics/leads?site=${site}&${query}`)).map(({ name }) => name);

describe("leads in the API", () => {
  it("are found by project, source, status, score and text, page by page, the newest first", async () => {
    const site = await newSite([]);
    const said = [
      { name: "Anna", email: "anna@shop.example", project: "roof", source: "ads", message: "50 % off?" },
      { name: "Bert", email: "bert@mailinator.com", project: "roof", message: "under_score" },
      { name: "Cleo", phone: "+49 30 901820", project: "floor", source: "ads", website: "spam" },
    ];
    for (const lead of said) {
      vi.setSystemTime(Date.now() + MINUTE);
      await submit(site, { ...lead, ...("website" in lead && { pulse_website: "x" }) });
    }
    expect(await names(site, "")).toEqual(["Bert", "Anna"]);
    expect(await names(site, "project=roof")).toEqual(["Bert", "Anna"]);
    expect(await names(site, "source=ads&status=open")).toEqual(["Anna"]);
    expect(await names(site, "status=spam")).toEqual(["Cleo"]);
    expect(await names(site, "q=MAILINATOR")).toEqual(["Bert"]);
    expect(await names(site, `q=${encodeURIComponent("50 %")}`)).toEqual(["Anna"]);
    expect(await names(site, "q=_")).toEqual(["Bert"]);
    expect(await names(site, "q=901820")).toEqual([]);
    expect(await names(site, "q=901820&status=spam")).toEqual(["Cleo"]);
    await submit(site, { name: "Zoë Ødegård", email: "zoe@shop.example", message: "Grüße aus der Straße" });
    for (const q of ["ødegård", "ODEGARD", "ZOË", "zoe", "grusse", "STRASSE", "Zoë Ø"]) {
      expect(await names(site, `q=${encodeURIComponent(q)}`), q).toEqual(["Zoë Ødegård"]);
    }
    expect(await names(site, `q=${encodeURIComponent("\u0301")}`)).toEqual([]);
    await submit(site, { name: "Zoë Lund", email: "zoe@shop.example" });
    // By what a submit said before, too.
    expect(await names(site, "q=odegard")).toEqual(["Zoë Lund"]);
    await env.DB.batch([
      env.DB.prepare("DELETE FROM lead_submissions WHERE site = ? AND contact LIKE '%zoe@%'").bind(site),
      env.DB.prepare("DELETE FROM leads WHERE site = ? AND email = 'zoe@shop.example'").bind(site),
    ]);
    const risk = Number((await leadsOf(site)).find(({ name }) => name === "Bert")?.["risk"]);
    expect(await names(site, `min_risk=${risk}`)).toEqual(["Bert"]);
    expect(await names(site, `max_risk=${risk - 1}`)).toEqual(["Anna"]);

    const page = await (await ask(`/analytics/leads?site=${site}&limit=1`, { headers: KEY })).json<{
      data: Row[];
      next_cursor: string;
    }>();
    expect(page.data.map(({ name }) => name)).toEqual(["Bert"]);
    expect(await names(site, `limit=1&cursor=${page.next_cursor}`)).toEqual(["Anna"]);

    const values = async (of: string) =>
      (await list(`/analytics/leads/${of}?site=${site}`)).map(({ value, leads }) => [value, leads]);
    expect(await values("projects")).toEqual([["roof", 2]]);
    expect(await values("sources")).toEqual([["ads", 1]]);
  });

  it("are shown with their submits, deliveries and what their session did", async () => {
    receive();
    const site = await newSite();
    const id = crypto.randomUUID();
    await take(callOf(id, { site, events: someEvents(3) }));
    const { lead_id } = await submit(site, { email: "anna@shop.example", session_id: id });
    await settle(lead_id, Date.now() + MINUTE);
    const merged = await submit(site, { email: "anna@shop.example", message: "more", submission_id: "second" });
    await settle(lead_id, Date.now() + MINUTE);
    await tickUntilDrained(id);
    const response = await ask(`/analytics/leads/${lead_id}`, { headers: KEY });
    const { data } = await response.json<{ data: Row & { history: Row[]; deliveries: Row[]; events: Row[] } }>();
    expect(data).toMatchObject({ lead_id, submissions: 2, session: { session_id: id, visitor_id: "visitor-1" } });
    expect(data.history.map(({ outcome }) => outcome)).toEqual(["created", "merged"]);
    expect(data.deliveries[0]).toMatchObject({ state: "delivered", type: "lead.created" });
    expect(data.events.filter(({ event_type }) => event_type === "click")).toHaveLength(3);
    // By the id of what merged into it, too.
    expect(merged).toEqual({ lead_id, status: "merged" });
    const [, second] = data.history;
    const again = await ask(`/analytics/leads/${second?.["submission_id"]}`, { headers: KEY });
    expect((await again.json<{ data: Row }>()).data).toMatchObject({ lead_id });
    await problemOf(await ask(`/analytics/leads/${crypto.randomUUID()}`, { headers: KEY }), "not_found");
    await problemOf(await ask(`/analytics/leads/x`, { headers: KEY }), "not_found");
  });
});

describe("dead letters", () => {
  it("are listed with their reason, and redelivered one by one or all", async () => {
    let status = 422;
    const received = receive(() => new Response("no: <b>bad</b>", { status }));
    const site = await newSite();
    const leads = [];
    for (const name of ["a", "b", "c"]) leads.push((await submit(site, { email: `${name}@shop.example` })).lead_id);
    for (const lead of leads) await settle(lead);
    const dead = () => list(`/analytics/deliveries?state=dead&site=${site}`);
    expect(await dead()).toHaveLength(3);
    const [one] = await dead();
    expect(one).toMatchObject({ reason: "http_422", status: 422, attempts: 1, response: "no: <b>bad</b>" });
    status = 200;
    const path = `/analytics/deliveries/${one?.["delivery_id"]}/redeliver`;
    expect((await post(path, {}, { headers: KEY })).status).toBe(200);
    await settle(String(one?.["lead_id"]));
    expect(await dead()).toHaveLength(2);
    expect(await redeliverAll(site)).toHaveLength(2);
    for (const lead of leads) await settle(lead);
    expect(await dead()).toEqual([]);
    // Under the ids they had.
    expect(received).toHaveLength(6);
    expect(new Set(received.map(({ id }) => id)).size).toBe(3);
    await problemOf(await post("/analytics/deliveries/msg_x/redeliver", {}, { headers: KEY }), "not_found");
    const unknown = await post("/analytics/deliveries/redeliver", { ids: ["msg_x"] }, { headers: KEY });
    expect(await unknown.json()).toEqual({ data: { redelivered: [], unknown: ["msg_x"] } });
  });
});

describe("the CRM's word", () => {
  /** The signature's time is checked against the library's own clock, which is this one. */
  const say = (body: object, secret = SECRET, at = new Date(), written = String(Math.floor(at.getTime() / 1_000))) => {
    const text = JSON.stringify(body);
    const id = `msg_${crypto.randomUUID()}`;
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": written,
      "webhook-signature": new Webhook(secret).sign(id, at, text),
    };
    return ask("/lead/callback", { method: "POST", body: text, headers });
  };

  it("is taken by its signature, and the later one holds", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    const response = await say({ lead_id, crm_id: "crm-7", status: "qualified" });
    expect(response.status, await response.clone().text()).toBe(200);
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "qualified", crm_id: "crm-7" });
    expect((await say({ lead_id, status: "new" }, SECRET, new Date(Date.now() - 2 * MINUTE))).status).toBe(200);
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "qualified", crm_id: "crm-7" });
    vi.setSystemTime(Date.now() + MINUTE);
    await say({ lead_id, status: "won" });
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "won", crm_id: "crm-7" });
    expect(await names(site, "status=won")).toHaveLength(1);
  });

  it("that is older takes no newer one's place, even while D1 has heard neither", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    await say({ lead_id, status: "won" });
    await say({ lead_id, status: "new" }, SECRET, new Date(Date.now() - 2 * MINUTE));
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "won" });
    // Signatures know seconds: of two words within one, the later to arrive holds.
    await say({ lead_id, status: "lost" });
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "lost" });
  });

  it("from a clock that runs ahead does not outlast what is said afterwards", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    const statusNow = async () => {
      await settle(lead_id);
      return (await leadRow(lead_id))?.["status"];
    };
    for (const ahead of [1_000, 4 * MINUTE, 5 * MINUTE]) {
      const soon = new Date(Date.now() + ahead);
      expect((await say({ lead_id, status: `ahead ${ahead}` }, SECRET, soon)).status).toBe(200);
      expect(await statusNow()).toBe(`ahead ${ahead}`);
      expect(Math.floor(Number((await leadRow(lead_id))?.["crm_at"]) / 1_000)).toBe(Math.floor(Date.now() / 1_000));
      // Within the same second, and a while later.
      expect((await say({ lead_id, status: "right away" })).status).toBe(200);
      expect(await statusNow()).toBe("right away");
      vi.setSystemTime(Date.now() + MINUTE);
      await say({ lead_id, status: "later" });
      expect(await statusNow()).toBe("later");
    }
    await problemOf(
      await say({ lead_id, status: "too far" }, SECRET, new Date(Date.now() + 5 * MINUTE + 1_000)),
      "signature_invalid",
    );
    await problemOf(
      await say({ lead_id, status: "too old" }, SECRET, new Date(Date.now() - 5 * MINUTE - 1_000)),
      "signature_invalid",
    );
    expect(await statusNow()).toBe("later");
  });

  it("has no time but the one that was signed, however the header is written", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    const now = String(Math.floor(Date.now() / 1_000));
    for (const written of [
      `${now}e5`,
      `${now}.9`,
      `${now}x`,
      `${now}, ${now}`,
      `+${now}`,
      `0${"0".repeat(40)}${now}`,
    ]) {
      await problemOf(await say({ lead_id, status: "forged" }, SECRET, new Date(), written), "signature_invalid");
    }
    await say({ lead_id, status: "won" });
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "won" });
  });

  it("of one second are kept in the order they came, a write of the first that lands late too", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    await say({ lead_id, status: "first" });
    await settle(lead_id);
    const first = Number((await leadRow(lead_id))?.["crm_at"]);
    await say({ lead_id, status: "second" });
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "second", crm_at: first + 1 });
    await writeCrmWord(env.DB, lead_id, { crm_id: null, status: "first", at: first });
    expect(await leadRow(lead_id)).toMatchObject({ status: "second" });
  });

  it("takes the place of one that was kept with a time to come", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    await settle(lead_id);
    await env.DB.prepare("UPDATE leads SET status = 'forged', crm_at = 1e17 WHERE lead_id = ?").bind(lead_id).run();
    await say({ lead_id, status: "won" });
    await settle(lead_id);
    expect(await leadRow(lead_id)).toMatchObject({ status: "won" });
  });

  it("that reaches D1 late takes no newer one's place there", async () => {
    const { lead_id } = await submit(await newSite([]), { email: "anna@shop.example" });
    const at = Date.now();
    await writeCrmWord(env.DB, lead_id, { crm_id: "crm-7", status: "won", at });
    await writeCrmWord(env.DB, lead_id, { crm_id: "crm-6", status: "new", at: at - MINUTE });
    expect(await leadRow(lead_id)).toMatchObject({ status: "won", crm_id: "crm-7", crm_at: at });
  });

  it("ends when the person comes again after a day, and not with what merges before", async () => {
    receive();
    const site = await newSite();
    const anna = { email: "anna@shop.example" };
    const { lead_id } = await submit(site, anna);
    await settle(lead_id);
    await say({ lead_id, status: "won" });
    await settle(lead_id);
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    expect(await submit(site, anna)).toEqual({ lead_id, status: "merged" });
    expect(await leadRow(lead_id)).toMatchObject({ status: "won" });
    vi.setSystemTime(Date.now() + 25 * 60 * MINUTE);
    await submit(site, anna);
    expect(await leadRow(lead_id)).toMatchObject({ status: "open" });
    await say({ lead_id, status: "lost" });
    await settle(lead_id);
    await submit(site, anna);
    expect(await leadRow(lead_id)).toMatchObject({ status: "lost" });
  });

  it("is nothing without one: whoever cannot sign does not learn which leads there are", async () => {
    receive();
    const site = await newSite();
    const { lead_id } = await submit(site, { email: "anna@shop.example" });
    const body = { lead_id, status: "won" };
    const old = new Date(Date.now() - 10 * MINUTE);
    const refused = [say(body, OLD_SECRET), say({ ...body, lead_id: crypto.randomUUID() }), say(body, SECRET, old)];
    const answers = await Promise.all([...refused, post("/lead/callback", body)]);
    const problems = await Promise.all(answers.map((answer) => problemOf(answer, "signature_invalid")));
    expect(new Set(problems.map(({ detail }) => detail)).size).toBe(1);
    await problemOf(await post("/lead/callback", { lead_id }), "invalid_body");
    expect(await leadRow(lead_id)).toMatchObject({ status: "open" });
  });
});
