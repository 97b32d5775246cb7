import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IDENTITY_FLUSH_GAP_MS } from "../../durable/identity/actor";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { besideBy, callsBy, faults, hold, resetFaults } from "../support/faults";
import { alarmOfShard, recordIn } from "../support/identity";
import { PATIENT } from "../support/patience";
import {
  alarm,
  callOf,
  entriesInR2,
  evict,
  identified,
  journalOf,
  liveOf,
  objectsOf,
  progressOf,
  sessionRow,
  someEvents,
  stubOf,
  tablesOf,
  take,
} from "../support/visit";

/** Withdrawals that meet a write which failed, lied, or was still under way. */

beforeEach(() => stopClock("2031-08-01T12:00:00Z"));

afterEach(async () => {
  vi.useRealTimers();
  resetFaults();
  await env.DB.exec("DROP TRIGGER IF EXISTS poison");
});

const NOBODY = { visitor_id: null, fingerprint_id: null, ip: null, asn: null };

const withdraw = (id: string) => take(callOf(id, { start: { consent: "denied" } }));

const identities = async (id: string) => (await objectsOf(id)).filter(({ key }) => key.includes("/identity/"));

it("clears D1's row when the write before was committed and reported as failed", async () => {
  const id = crypto.randomUUID();
  faults.at.set("d1.batch", "lie");
  await take(callOf(id, { events: someEvents(1), start: { fingerprint_id: "f-1" } }));
  await tick(id);
  expect(await sessionRow(id)).toMatchObject({ visitor_id: "visitor-1" });
  faults.at.clear();
  await withdraw(id);
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject(NOBODY);
});

it("clears D1's row when the process died after the write was committed", async () => {
  const id = crypto.randomUUID();
  faults.at.set("d1.batch", "dieAfter");
  await take(callOf(id, { events: someEvents(1) }));
  await tick(id).catch(() => {});
  faults.at.clear();
  await withdraw(id);
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject(NOBODY);
});

it("clears D1's row of an identity that was granted, lied about and withdrawn again", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(1), start: { consent: "denied" } }));
  await tickUntilDrained(id);
  await take(callOf(id, { start: { consent: "granted" } }));
  faults.at.set("d1.batch", "lie");
  await tick(id);
  faults.at.clear();
  await withdraw(id);
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject(NOBODY);
});

it("brings to D1 what was learnt while a write that had been committed was repeated", async () => {
  const id = crypto.randomUUID();
  faults.at.set("d1.batch", "lie");
  await take(callOf(id, { events: someEvents(1) }));
  await tick(id);
  faults.at.clear();
  await take(callOf(id, { start: { fingerprint_id: "f-2" } }));
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject({ visitor_id: "visitor-1", fingerprint_id: "f-2" });
});

it("names every identity column after a death in a write, even if the next try went well and the actor was evicted", async () => {
  const id = crypto.randomUUID();
  faults.at.set("d1.batch", "dieAfter");
  await take(callOf(id, { events: someEvents(1), start: { fingerprint_id: "f-1" } }));
  // One plan has it all, for both stores.
  await identified(id);
  await take(callOf(id, { start: false, end: true }));
  await tick(id).catch(() => {});
  faults.at.clear();
  await stubOf(id).wake();
  await tick(id);
  expect(await journalOf(id)).toEqual([]);
  await evict(id);
  // Whichever of the two tries D1 took last, nobody knows what it has: here, less than the actor.
  await env.DB.prepare("UPDATE sessions SET fingerprint_id = NULL WHERE session_id = ?").bind(id).run();
  await take(callOf(id, { start: false, first: 2, events: someEvents(1) }));
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject({ visitor_id: "visitor-1", fingerprint_id: "f-1" });
});

it("clears D1's row when it comes while a refused event is being isolated", async () => {
  const id = crypto.randomUUID();
  await env.DB.exec(
    "CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.event_type = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END",
  );
  await take(callOf(id, { events: [...someEvents(1), ...someEvents(1, "poison")] }));
  const open = hold("gate");
  const running = tick(id);
  await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("d1.batch");
  await withdraw(id);
  open();
  await running;
  await tickUntilDrained(id);
  expect(callsBy(stubOf(id))).toContain("d1.run");
  expect(await sessionRow(id)).toMatchObject({ ...NOBODY, events: 2 });
  expect((await liveOf(id))?.quarantined).toBe(1);
});

it("erases an identity object that a retry of an older plan has put", async () => {
  const id = crypto.randomUUID();
  faults.at.set("r2.put events", "refuse");
  await take(callOf(id, { events: someEvents(1), start: { consent: "denied" } }));
  await tick(id);
  await take(callOf(id, { start: { consent: "granted" } }));
  await tick(id);
  await tick(id);
  expect(await identities(id)).toHaveLength(1);
  await withdraw(id);
  faults.at.clear();
  await tickUntilDrained(id);
  for (let i = 0; i < 3; i++) await tick(id);
  expect(await identities(id)).toEqual([]);
});

it("does not wait for a back-off of minutes", async () => {
  const id = crypto.randomUUID();
  faults.at.set("d1.batch", "refuse");
  await take(callOf(id, { events: someEvents(1) }));
  for (let i = 0; i < 12; i++) await tick(id);
  const asked = Date.now();
  await withdraw(id);
  await tick(id);
  faults.at.clear();
  await tickUntilDrained(id);
  expect(await sessionRow(id)).toMatchObject(NOBODY);
  expect(Date.now() - asked).toBeLessThan(60_000);
});

it("does not write at the rate at which consent is toggled", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(1) }));
  await tickUntilDrained(id);
  faults.calls = [];
  const began = Date.now();
  for (let i = 0; Date.now() - began < 20_000; i++) {
    await take(callOf(id, { first: 2 + i, events: someEvents(1), start: { consent: i % 2 ? "granted" : "denied" } }));
    const live = await liveOf(id);
    const due = live?.actor.next_alarm_at ?? 0;
    if (due <= Date.now()) await tick(id);
    vi.setSystemTime(Date.now() + 250);
  }
  expect(callsBy(stubOf(id)).filter((call) => call === "d1.batch").length).toBeLessThanOrEqual(5);
  await evict(id);
  await tickUntilDrained(id);
});

/** The identity answers in a session's log, when nothing more of it is under way. */
async function answersOf(id: string) {
  await tickUntilDrained(id);
  return (await entriesInR2(id)).filter((entry) => entry.kind === "identity");
}

const asked = async (id: string, count: number): Promise<void> =>
  expect.poll(() => besideBy(stubOf(id)).filter((call) => call === "identity.seen").length, PATIENT).toBe(count);

it("takes no answer of the identity actors to what was asked before it", async () => {
  const id = crypto.randomUUID();
  const open = hold("answers");
  await take(callOf(id, { events: someEvents(1) }));
  await asked(id, 1);
  await withdraw(id);
  open();
  expect(await answersOf(id)).toEqual([]);
  expect((await liveOf(id))?.identity).toBeNull();
});

it("takes only what was asked after it when consent is given again meanwhile", async () => {
  const id = crypto.randomUUID();
  const open = hold("answers");
  await take(callOf(id, { events: someEvents(1) }));
  await asked(id, 1);
  await withdraw(id);
  await take(callOf(id, { start: { consent: "granted" }, ip: "203.0.113.9" }));
  open();
  const answers = await answersOf(id);
  expect(answers.map(({ version }) => version)).toEqual([2]);
});

it("takes no answer into a session that was erased meanwhile", async () => {
  const id = crypto.randomUUID();
  const open = hold("answers");
  await take(callOf(id, { events: someEvents(1) }));
  await asked(id, 1);
  const erased = stubOf(id).erase([]);
  open();
  await erased;
  expect(await liveOf(id)).toBeNull();
  expect(await tablesOf(id)).toEqual(["tombstone"]);
});

/** Whether an address's shard still knows the session there. */
const knows = async (ip: string, id: string): Promise<boolean> =>
  JSON.stringify(await recordIn("address", ip)).includes(id);

/** A session that was known at an address and withdrew; the alarm that erases it runs until `open` is called. */
async function erasing(id: string, ip: string): Promise<{ open: () => void; running: Promise<boolean> }> {
  await take(callOf(id, { events: someEvents(1), ip }));
  await identified(id);
  await tickUntilDrained(id);
  faults.at.set("r2.list", "refuse");
  await withdraw(id);
  await tickUntilDrained(id);
  await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("r2.list");
  faults.at.clear();
  faults.calls = [];
  const open = hold("gate");
  vi.setSystemTime(Date.now() + 60_000);
  const running = alarm(id);
  await expect.poll(() => callsBy(stubOf(id)), PATIENT).toEqual(["r2.list"]);
  return { open, running };
}

it("is carried out whole when it comes while another is under way", async () => {
  const id = crypto.randomUUID();
  const [home, office] = [`home-${id}`, `office-${id}`];
  const { open, running } = await erasing(id, home);
  await take(callOf(id, { start: { consent: "granted" }, ip: office }));
  await expect.poll(() => knows(office, id), PATIENT).toBe(true);
  await withdraw(id);
  open();
  await running;
  expect((await progressOf(id)).erase?.through).toBe(2);
  for (let i = 0; i < 5 && (await progressOf(id)).erase; i++) await tick(id);
  expect([await knows(home, id), await knows(office, id)]).toEqual([false, false]);
});

it("finds whoever was told again after consent was given while another was under way", async () => {
  const id = crypto.randomUUID();
  const home = `home-${id}`;
  const { open, running } = await erasing(id, home);
  await take(callOf(id, { start: { consent: "granted" }, ip: home }));
  open();
  await running;
  await tickUntilDrained(id);
  vi.setSystemTime(Date.now() + 60_000);
  await take(callOf(id, { start: false, first: 2, events: someEvents(1), ip: home }));
  await expect.poll(() => knows(home, id), PATIENT).toBe(true);
  await withdraw(id);
  await tickUntilDrained(id);
  for (let i = 0; i < 5 && (await progressOf(id)).erase; i++) await tick(id);
  expect(await knows(home, id)).toBe(false);
});

it("reaches an identity actor whose own store did not answer at first", async () => {
  const id = crypto.randomUUID();
  const home = `home-${id}`;
  const counter = () => env.TRACKING_KV.get(`ip:${home}`);
  await take(callOf(id, { events: someEvents(1), ip: home }));
  await identified(id);
  // Another test's session may have had the shard write just now.
  vi.setSystemTime(Date.now() + IDENTITY_FLUSH_GAP_MS);
  await alarmOfShard("address", home);
  await expect.poll(counter, PATIENT).not.toBeNull();
  await tickUntilDrained(id);
  faults.at.set("identity kv.delete", "refuse");
  await withdraw(id);
  await tickUntilDrained(id);
  vi.setSystemTime(Date.now() + 10_000);
  await alarm(id);
  expect((await progressOf(id)).erase?.attempts).toBeGreaterThan(0);
  faults.at.clear();
  for (let i = 0; i < 5 && (await progressOf(id)).erase; i++) await tick(id);
  expect(await counter()).toBeNull();
});
