import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { STUCK_ATTEMPTS } from "../../durable/session/stuck";
import type { Erasure } from "../../src/core/api/erasure";
import { submitName } from "../../src/core/leads/submit-name";
import type { RosterReport } from "../../src/core/roster/entry";
import type { Progress } from "../../src/core/session/progress";
import { type ArchivedIdentity, sessionPrefix } from "../../src/data/store/archive";
import { ERASE_AGAIN_MS, LINGER_MS } from "../../src/limits";
import { HOUR_MS } from "../../src/time";
import { callsBy, faults, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import { erase, everything, expectNowhere, leadOf, newPerson, tablesIn, visit } from "../support/person";
import { rosterOf } from "../support/roster";
import { alarm, callOf, identified, KEY, objectsOf, post, someEvents, stubOf, take } from "../support/visit";
import { flushed, later, read } from "./helpers";

/** What an erasure that looks only at a session's newest row would leave behind. */

afterEach(resetFaults);

describe("an erasure finds", () => {
  it("the addresses a session had before its last one", async () => {
    const person = newPerson();
    const before = { ...newPerson(), visitor: person.visitor, fingerprint: person.fingerprint, email: person.email };
    const id = await visit(before);
    await identified(id);
    await flushed(id);
    await take(callOf(id, { start: false, first: 4, events: someEvents(1), ip: person.ip }));
    await flushed(id);
    const kept = await everything();
    for (const ip of [before.ip, person.ip]) expect(kept, ip).toContain(ip);
    expect(await erase(person.visitor)).toMatchObject({ status: "complete" });
    await expectNowhere(before, [id]);
    await expectNowhere(person, [id]);
  });

  it("the addresses of a session that its actor has forgotten", async () => {
    const person = newPerson();
    const before = { ...newPerson(), visitor: person.visitor, fingerprint: person.fingerprint, email: person.email };
    const id = await visit(before);
    await identified(id);
    await flushed(id);
    await take(callOf(id, { start: false, first: 4, events: someEvents(1), end: true, ip: person.ip }));
    await flushed(id);
    await later(2 * LINGER_MS, () => alarm(id));
    expect(await stubOf(id).live()).toBeNull();
    await erase(person.visitor);
    await expectNowhere(before, [id]);
    await expectNowhere(person, [id]);
  });

  it("objects of an earlier life of a session's id, on another day", async () => {
    const person = newPerson();
    const id = await visit(person, { end: true });
    await flushed(id);
    await later(2 * LINGER_MS, () => alarm(id));
    await later(3 * LINGER_MS, async () => {
      await visit(person, { id, end: true });
      await flushed(id);
    });
    const days = new Set((await objectsOf(id)).map(({ key }) => key.slice(0, "sessions/2026/01/01".length)));
    expect(days.size).toBe(2);
    await later(3 * LINGER_MS, () => erase(person.visitor));
    expect(await objectsOf(id)).toEqual([]);
    await expectNowhere(person, [id]);
  });

  it("whatever else is kept under a session's prefix, recordings among it", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    const key = `${sessionPrefix(id, Date.now())}replay/${Date.now()}-1.json`;
    await env.TRACKING_R2.put(key, JSON.stringify({ text: person.email }));
    await erase(person.visitor);
    expect(await objectsOf(id)).toEqual([]);
  });

  it("a lead that a later submit has given another visitor", async () => {
    const [first, second] = [newPerson(), newPerson()];
    const [one, two] = [await visit(first), await visit(second)];
    const lead_id = await leadOf(first, one);
    // As the site's own server says it: a stranger's word would be a guest's.
    const again = { email: first.email, session_id: two, visitor_id: second.visitor };
    const joined = await post("/lead", again, { headers: KEY });
    expect(await joined.json()).toEqual({ lead_id, status: "merged" });
    for (const id of [one, two]) await flushed(id);
    expect((await erase(first.visitor)).counts.d1.leads).toBe(1);
    await expectNowhere(first, [one]);
    expect(await everything()).not.toContain(lead_id);
    expect(await tablesIn(env.LEAD.getByName(lead_id))).toEqual([]);
  });
});

describe("while a store is away, an erasure finds", () => {
  it("a lead that D1 has not taken yet", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    faults.at.set("d1.batch", "refuse");
    const lead_id = await leadOf(person, id);
    resetFaults();
    const receipt = await erase(person.visitor);
    // The claim was given up, and may still land.
    await later(ERASE_AGAIN_MS, () => runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id)));
    await runDurableObjectAlarm(env.LEAD.getByName(lead_id));
    expect(await everything()).not.toContain(lead_id);
    expect(await tablesIn(env.LEAD.getByName(lead_id))).toEqual([]);
    await expectNowhere(person, [id]);
  });

  it("a session that its site's alerts know as stuck", async () => {
    const person = newPerson();
    const site = `site-${person.visitor}`;
    const id = await visit(person, { site });
    await flushed(id);
    faults.at.set("d1.batch", "refuse");
    await take(callOf(id, { site, start: false, first: 4, events: someEvents(1), ip: person.ip }));
    for (let attempt = 1; attempt <= STUCK_ATTEMPTS; attempt++) await later(attempt * HOUR_MS, () => alarm(id));
    resetFaults();
    const alerts = () =>
      runInDurableObject(env.ALERTS.getByName(site), (_, state) =>
        JSON.stringify(state.storage.sql.exec("SELECT * FROM stuck").toArray()),
      );
    expect(await alerts()).toContain(id);
    const receipt = await erase(person.visitor);
    expect(await alerts()).not.toContain(id);
    await later(ERASE_AGAIN_MS, () => runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id)));
    await expectNowhere(person, [id]);
  });
});

/** Whether a write to each store has been tried, and has failed. */
const triedOf = (id: string): Promise<boolean> =>
  runInDurableObject(stubOf(id), (_, state) => {
    const [row] = state.storage.sql.exec<{ progress: string }>("SELECT progress FROM journal WHERE lo = 0").toArray();
    const { d1, r2 } = JSON.parse(row?.progress ?? "{}") as Progress;
    return d1.attempts > 0 && r2.attempts > 0;
  });

describe("nothing comes back after an erasure", () => {
  it("from a flush that was given up and lands late", async () => {
    const person = newPerson();
    // Before the visit: its end is written out at once, by itself.
    for (const point of ["d1.batch", "r2.put events", "r2.put identity"]) faults.at.set(point, "refuse");
    const id = await visit(person, { end: true });
    await expect.poll(() => triedOf(id), PATIENT).toBe(true);
    resetFaults();
    const receipt = await erase(person.visitor);
    expect(receipt.status).toBe("working");
    // The writes that nobody waited for any more arrive after all.
    const key = `${sessionPrefix(id, Date.now())}identity/${Date.now()}-1.json`;
    const identity: ArchivedIdentity = {
      v: 1,
      session_id: id,
      at: Date.now(),
      visitor_id: person.visitor,
      fingerprint_id: null,
      device_id: null,
      ip: person.ip,
      asn: null,
      traits: {},
    };
    await env.TRACKING_R2.put(key, JSON.stringify(identity));
    await env.DB.prepare(
      `INSERT INTO sessions (session_id, site, visitor_id, started_at, last_event_at, events, last_seq, detail)
       VALUES (?, 'default', ?, 1, 1, 1, 1, '{}')`,
    )
      .bind(id, person.visitor)
      .run();
    await later(ERASE_AGAIN_MS, () => runDurableObjectAlarm(env.ERASER.getByName(receipt.erasure_id)));
    await expectNowhere(person, [id]);
    const { data } = await read<{ data: Erasure }>(`/analytics/erasures/${receipt.erasure_id}`);
    expect(data.status).toBe("complete");
  });

  it("from a report to the roster that was on its way", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    const shard = await rosterOf(id, person.visitor);
    const seat = () =>
      runInDurableObject(shard, (_, state) =>
        state.storage.sql.exec<{ body: string }>("SELECT body FROM seats WHERE body LIKE ?", `%${id}%`).toArray(),
      );
    await expect.poll(seat, PATIENT).toHaveLength(1);
    const [before] = await seat();
    await erase(person.visitor);
    const late = JSON.parse(before?.body ?? "{}") as RosterReport;
    const health = {
      flush_lag_ms: 0,
      journal_entries: 0,
      attempts: { d1: 0, r2: 0 },
      alarm_overdue_ms: 0,
      quarantined: 0,
    };
    await shard.report({ ...late, v: 1, seq: late.seq + 5, health, refused: {}, limits: {} });
    expect(await seat()).toEqual([]);
  });

  it("from a lead's claim that is under way when the lead is erased", async () => {
    const person = newPerson();
    const id = await visit(person);
    await flushed(id);
    let open = () => {};
    faults.gate = new Promise((resolve) => {
      open = resolve;
    });
    const said = { name: "Ada", email: person.email, phone: "", message: "Call me" };
    const lead_id = await env.SUBMIT.getByName(await submitName("default", `late-${id}`, said)).named();
    const lead = env.LEAD.getByName(lead_id);
    const sent = leadOf(person, id, { submission_id: `late-${id}` });
    await expect.poll(() => callsBy(lead), PATIENT).toContain("d1.batch");
    const erasing = lead.erase(lead_id);
    await scheduler.wait(50);
    open();
    faults.gate = null;
    await Promise.all([sent, erasing]);
    expect(await everything()).not.toContain(lead_id);
    expect(await tablesIn(lead)).toEqual([]);
  });
});
