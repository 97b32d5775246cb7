import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Erasure } from "../../src/core/api/erasure";
import { submitName } from "../../src/core/leads/submit-name";
import { ERASE_AGAIN_MS, ERASURE_STEP_SUBMITS } from "../../src/limits";
import { eraseLead } from "../../src/ops/erase-lead";
import { stopClock } from "../support/clock";
import { callsBy, faults, hold, resetFaults } from "../support/faults";
import { endpoint, leadStub, leadsOf, newSite, receive, submissionsOf, submit } from "../support/leads";
import { PATIENT } from "../support/patience";
import { erase, everything, newPerson, tablesIn, visit } from "../support/person";
import { ask, KEY, post } from "../support/visit";
import { flushed, problemOf, read } from "./helpers";

/** Leads that no visitor id leads to: erased and handed out by their own id, or by an email or a phone. */

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  resetFaults();
});

/** An email and a phone that nothing else in the stores has. */
function newContact() {
  const mark = crypto.randomUUID().slice(0, 8);
  const digits = String(Number.parseInt(mark, 16)).padStart(10, "0").slice(0, 7);
  return { name: `Ada ${mark}`, email: `${mark}@mail.example`, phone: `+49 151 2${digits}` };
}

async function remove(path: string, headers: Record<string, string> = KEY): Promise<Erasure> {
  const response = await ask(path, { method: "DELETE", headers });
  const text = await response.text();
  expect([200, 202], text).toContain(response.status);
  return (JSON.parse(text) as { data: Erasure }).data;
}

const byEmail = (email: string, more = "") => `/analytics/people?email=${encodeURIComponent(email)}${more}`;
const byPhone = (phone: string) => `/analytics/people?phone=${encodeURIComponent(phone)}`;

async function expectGone(needles: string[], actors: string[]): Promise<void> {
  const text = await everything();
  for (const needle of needles) expect(text, needle).not.toContain(needle);
  for (const id of actors) expect(await tablesIn(leadStub(id)), id).toEqual([]);
}

async function keyFor(scopes: string[], sites?: string[]): Promise<Record<string, string>> {
  const body = { name: "x", scopes, ...(sites && { sites }) };
  const { data } = await (await post("/analytics/keys", body, { headers: KEY })).json<{ data: { key: string } }>();
  return { Authorization: `Bearer ${data.key}` };
}

describe("a lead without visitor or session", () => {
  it("is erased by its id, with its submits, deliveries, claims and actors, and nobody else's", async () => {
    stopClock("2031-12-01T12:00:00Z");
    receive();
    const site = await newSite();
    const { name, email, phone } = newContact();
    const other = newContact();
    const { lead_id } = await submit(site, { name, email, phone });
    await submit(site, { email, message: "more" });
    const theirs = await submit(site, other);
    await runDurableObjectAlarm(leadStub(lead_id));
    const actors = (await submissionsOf(site)).map(({ submission_id }) => String(submission_id));
    const receipt = await remove(`/analytics/leads/${lead_id}`);
    expect(receipt).toMatchObject({
      status: "complete",
      counts: { d1: { sessions: 0, leads: 1, deliveries: 1 }, actors: { sessions: 0, leads: 2 } },
    });
    await expectGone(
      [name, email, lead_id],
      actors.filter((id) => id !== theirs.lead_id),
    );
    expect(await everything()).toContain(other.email);
    expect((await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`)).data).toEqual(receipt);
    await problemOf(await ask(`/analytics/leads/${lead_id}`, { method: "DELETE", headers: KEY }), "not_found");
    await problemOf(await ask("/analytics/leads/x", { method: "DELETE", headers: KEY }), "not_found");
  });

  it("is erased as a whole by the id of a submit that merged into it", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    const { lead_id } = await submit(site, { email });
    await submit(site, { email, message: "more" });
    const ids = (await submissionsOf(site)).map(({ submission_id }) => String(submission_id));
    const merged = ids.find((id) => id !== lead_id);
    await remove(`/analytics/leads/${merged}`);
    await expectGone([email, ...ids], ids);
  });

  it("is erased by email or by phone, however these are written, on the sites that the key sees", async () => {
    const [ours, theirs] = [await newSite([]), await newSite([])];
    const { name, email, phone } = newContact();
    await submit(ours, { name, email });
    await submit(theirs, { name, phone });
    const key = await keyFor(["admin"], [ours]);
    await problemOf(await ask(byPhone(phone), { method: "DELETE", headers: key }), "not_found");
    expect((await remove(byEmail(` ${email.toUpperCase()}`), key)).counts.d1.leads).toBe(1);
    expect(await everything()).not.toContain(email);
    await problemOf(await ask(byEmail(email), { method: "DELETE", headers: KEY }), "not_found");
    // A plus that was not escaped arrives as a blank.
    const typed = `/analytics/people?phone=${phone.replaceAll(" ", "")}`;
    expect((await remove(typed)).counts.d1.leads).toBe(1);
    await expectGone([name], []);
  });

  it("is found and erased by a phone that could not be placed, and by an email whose plus was not escaped", async () => {
    const site = await newSite([]);
    const digits = String(crypto.getRandomValues(new Uint32Array(1))[0])
      .padStart(10, "0")
      .slice(0, 8);
    const phone = `030 9${digits}`;
    const name = crypto.randomUUID();
    await submit(site, { name, phone });
    await submit(site, { name, phone, pulse_website: "x" });
    const other = await submit(site, { phone: `${phone}1` });
    expect((await read<{ data: { leads: object[] } }>(byPhone(`0309${digits}`))).data.leads).toHaveLength(2);
    expect((await remove(byPhone(phone))).counts.d1.leads).toBe(2);
    await expectGone([name], []);
    await problemOf(await ask(byPhone(phone), { method: "DELETE", headers: KEY }), "not_found");
    expect((await leadsOf(site)).map(({ lead_id }) => lead_id)).toEqual([other.lead_id]);
    const local = crypto.randomUUID();
    await submit(site, { email: `${local}+news@shop.example` });
    expect((await remove(`/analytics/people?email=${local}+news@shop.example`)).counts.d1.leads).toBe(1);
  });

  it("is erased also where a honeypot caught it", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    const { lead_id } = await submit(site, { email, pulse_website: "x" });
    expect((await remove(byEmail(email))).counts.d1.leads).toBe(1);
    await expectGone([email], [lead_id]);
  });

  it("is erased in steps, each of which goes on from what is left", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    const { lead_id } = await submit(site, { email });
    for (let i = 0; i < 4; i++) await submit(site, { email, message: String(i) });
    const ids = (await submissionsOf(site)).map(({ submission_id }) => String(submission_id));
    const step = (most: number) => {
      let left = most;
      return eraseLead(env, lead_id, { keepConversion: false, take: () => left-- > 0 });
    };
    expect(await step(2)).toMatchObject({ isDone: false, actors: 2, leads: 0 });
    // The lead goes last, because it leads to what is left.
    expect(await submissionsOf(site)).toHaveLength(3);
    expect(await step(2)).toMatchObject({ isDone: false, actors: 2, leads: 0 });
    expect(await step(2)).toMatchObject({ isDone: true, actors: 1, leads: 1 });
    await expectGone([email, ...ids], ids);
    expect(await step(2)).toMatchObject({ isDone: true, actors: 0, leads: 0 });
  });

  it.each([
    ["neither", ""],
    ["both", "?email=a@b.co&phone=%2B4930901820"],
    ["no email", "?email=anna"],
    ["no phone", "?phone=0309"],
    ["something unknown", "?email=a@b.co&force=1"],
  ])("is 400 for %s", async (_, query) => {
    for (const method of ["GET", "DELETE"]) {
      await problemOf(await ask(`/analytics/people${query}`, { method, headers: KEY }), "invalid_query");
    }
  });

  it("leaves its pattern in the audit log, and not whom it was of", async () => {
    // After whatever other tests have done.
    stopClock("2032-01-01T12:00:00Z");
    const site = await newSite([]);
    const { email } = newContact();
    const { lead_id } = await submit(site, { email });
    // Entries of one millisecond have no order, and the site's settings made one.
    vi.setSystemTime(Date.now() + 1_000);
    await remove(byEmail(email));
    vi.setSystemTime(Date.now() + 1_000);
    await problemOf(await ask(`/analytics/leads/${lead_id}`, { method: "DELETE", headers: KEY }), "not_found");
    vi.setSystemTime(Date.now() + 1_000);
    const { data } = await read<{ data: { action: string; target: string | null; status: number }[] }>(
      "/analytics/audit?limit=3",
    );
    // The first is this very question.
    expect(data.slice(1).map(({ action, target, status }) => [action, target, status])).toEqual([
      ["DELETE /analytics/leads/:id", null, 404],
      ["DELETE /analytics/people", null, 200],
    ]);
    expect(JSON.stringify(data)).not.toContain(email);
  });
});

describe("an erasure of a lead", () => {
  it("that dies at D1 goes on by itself until nothing is left", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    const { lead_id } = await submit(site, { email });
    await submit(site, { email, message: "more" });
    const ids = (await submissionsOf(site)).map(({ submission_id }) => String(submission_id));
    faults.at.set("d1.batch", "dieAfter");
    const receipt = await remove(`/analytics/leads/${lead_id}`);
    expect(receipt.status).toBe("working");
    faults.at.clear();
    await runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data.status).toBe("complete");
    await expectGone([email, ...ids], ids);
  });

  it("whose claim is under way waits for it, and takes what it has written", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    const name = await submitName(site, "late", { name: "", email, phone: "", message: "" });
    const lead_id = await env.SUBMIT.getByName(name).named();
    const open = hold("gate");
    const sending = submit(site, { email, submission_id: "late" });
    await expect.poll(() => callsBy(leadStub(lead_id)), PATIENT).toContain("d1.batch");
    const erasing = remove(`/analytics/leads/${lead_id}`);
    await scheduler.wait(50);
    open();
    expect((await sending).lead_id).toBe(lead_id);
    expect((await erasing).counts.d1.leads).toBe(1);
    await expectGone([email, lead_id], [lead_id]);
  });

  it("that D1 has not heard of is asked of its actor, and looked at once more", async () => {
    const site = await newSite([]);
    const { email } = newContact();
    stopClock("2031-12-01T12:00:00Z");
    faults.at.set("d1.batch", "refuse");
    const { lead_id } = await submit(site, { email });
    faults.at.clear();
    const key = await keyFor(["admin"], ["another-site"]);
    await problemOf(await ask(`/analytics/leads/${lead_id}`, { method: "DELETE", headers: key }), "not_found");
    const receipt = await remove(`/analytics/leads/${lead_id}`);
    expect(receipt).toMatchObject({ status: "working", counts: { actors: { leads: 1 } } });
    // The write that was given up lands after all, as part of another lead of the person.
    const other = await submit(site, { email });
    await env.DB.prepare(
      `INSERT INTO lead_submissions
         (submission_id, lead_id, site, received_at, outcome, session_id, contact, evidence, search)
       SELECT ?, lead_id, site, received_at, outcome, session_id, contact, evidence, search
       FROM lead_submissions WHERE submission_id = ?`,
    )
      .bind(lead_id, other.lead_id)
      .run();
    vi.setSystemTime(Date.now() + ERASE_AGAIN_MS);
    await runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id));
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data.status).toBe("complete");
    await expectGone([email, lead_id, other.lead_id], [lead_id, other.lead_id]);
  });

  it("takes a conversion of it along, and one of a session counts on as that of none", async () => {
    const site = await newSite([]);
    const person = newPerson();
    const id = await visit(person, { site });
    const { lead_id } = await submit(site, { email: person.email, session_id: id });
    await flushed(id);
    const won = async () =>
      (await env.DB.prepare("SELECT session_id FROM lead_conversions WHERE site = ?").bind(site).all()).results;
    expect(await won()).toEqual([{ session_id: id }]);
    await erase(person.visitor, "?keep_leads=legal_hold");
    expect(await won()).toEqual([{ session_id: null }]);
    await remove(`/analytics/leads/${lead_id}`);
    expect(await won()).toEqual([]);
  });
});

describe("a person's leads", () => {
  interface People {
    data: { leads: { lead: { lead_id: string; email: string }; submissions: { contact: { message: string } }[] }[] };
  }

  it("are handed out by email or phone, each with every submit, oldest first", async () => {
    const site = await newSite([endpoint("crm", { enabled: false })]);
    const { name, email, phone } = newContact();
    const { lead_id } = await submit(site, { name, email, phone, message: "0" });
    const more = 2 * ERASURE_STEP_SUBMITS;
    await env.DB.prepare(
      `INSERT INTO lead_submissions (submission_id, lead_id, site, received_at, outcome, contact, evidence)
       WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
       SELECT ?2 || '/' || n, lead_id, site, received_at + n / 7, 'merged', json_object('message', n), '{}'
       FROM numbers CROSS JOIN lead_submissions WHERE submission_id = ?2`,
    )
      .bind(more, lead_id)
      .run();
    for (const path of [byEmail(email), byPhone(phone)]) {
      const { data } = await read<People>(path);
      expect(data.leads.map(({ lead }) => lead.lead_id)).toEqual([lead_id]);
      const messages = data.leads[0]?.submissions.map(({ contact }) => Number(contact.message)) ?? [];
      expect(messages[0]).toBe(0);
      expect(messages.toSorted((a, b) => a - b)).toEqual(Array.from({ length: more + 1 }, (_, i) => i));
    }
  });

  it("are 404 where there are none, and need the scope export", async () => {
    await problemOf(await ask(byEmail("nobody@mail.example"), { headers: KEY }), "not_found");
    const headers = await keyFor(["read", "admin"]);
    await problemOf(await ask(byEmail("nobody@mail.example"), { headers }), "scope_missing");
  });

  it("are those of the sites that the key sees", async () => {
    const [ours, theirs] = [await newSite([]), await newSite([])];
    const { email } = newContact();
    const mine = await submit(ours, { email });
    await submit(theirs, { email });
    const headers = await keyFor(["export"], [ours]);
    const response = await ask(byEmail(email), { headers });
    const { data } = await response.json<People>();
    expect(data.leads.map(({ lead }) => lead.lead_id)).toEqual([mine.lead_id]);
    expect((await read<People>(byEmail(email, `&site=${theirs}`))).data.leads).toHaveLength(1);
    expect((await read<People>(byEmail(email))).data.leads).toHaveLength(2);
  });
});
