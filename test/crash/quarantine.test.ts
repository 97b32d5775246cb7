import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findSession } from "../../src/data/store/sessions";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { callsBy, faults, resetFaults } from "../support/faults";
import {
  callOf,
  evict,
  inD1,
  inR2,
  journalOf,
  liveOf,
  numbered,
  progressOf,
  sessionRow,
  someEvents,
  stubOf,
  take,
} from "../support/visit";

/** Events that D1 refuses for good are set aside and counted, once, whatever dies when. */

beforeEach(async () => {
  stopClock("2031-06-07T08:00:00Z");
  await refuse("events", "NEW.event_type = 'poison'");
});

afterEach(async () => {
  vi.useRealTimers();
  resetFaults();
  await accept("events");
  await accept("sessions");
});

/** From now on D1 refuses rows of a table. */
const refuse = (table: string, when: string) =>
  env.DB.exec(
    `CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} WHEN ${when} BEGIN SELECT RAISE(ABORT, 'refused'); END`,
  );
const accept = (table: string) => env.DB.exec(`DROP TRIGGER IF EXISTS refuse_${table}`);

/** What the actor counts after it has lost its memory, and what D1 was told. */
async function counted(id: string): Promise<[number | undefined, number | undefined]> {
  await evict(id);
  return [(await liveOf(id))?.quarantined, (await findSession(env.DB, id))?.quarantined];
}

it("is set aside and counted, and everything behind it lands", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: [...someEvents(49), ...someEvents(1, "poison"), ...someEvents(50)] }));
  await take(callOf(id, { first: 101, events: someEvents(3), end: true }));
  await tickUntilDrained(id);
  expect(await inD1(id)).toEqual(numbered(1, 103).filter((name) => name !== "s1/50"));
  expect(await inR2(id)).toEqual(numbered(1, 103));
  expect(await sessionRow(id)).toMatchObject({ events: 103 });
  expect(await counted(id)).toEqual([1, 1]);
});

it("stays counted when the rows that brought it are gone", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: [...someEvents(1), ...someEvents(2, "poison")], end: true }));
  await tick(id);
  expect(await journalOf(id)).toEqual([]);
  expect(await counted(id)).toEqual([2, 2]);
  await take(callOf(id, { start: false, first: 4, events: someEvents(1, "poison") }));
  await tickUntilDrained(id);
  expect(await counted(id)).toEqual([3, 3]);
});

it("is not looked for again, nor forgotten, when the session's own row failed", async () => {
  const id = crypto.randomUUID();
  await refuse("sessions", "TRUE");
  await take(callOf(id, { events: [...someEvents(2), ...someEvents(1, "poison")], end: true }));
  await tick(id);
  expect((await progressOf(id)).d1.plan?.refused).toHaveLength(1);
  await evict(id);
  await accept("sessions");
  faults.calls = [];
  await tickUntilDrained(id);
  // The rest in one write, and the row.
  expect(callsBy(stubOf(id)).filter((call) => call.startsWith("d1."))).toEqual(["d1.run", "d1.run"]);
  expect(await inD1(id)).toEqual(numbered(1, 2));
  expect(await counted(id)).toEqual([1, 1]);
});

it("is found among many others, in several alarms", async () => {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: [...someEvents(1), ...someEvents(149, "poison")] }));
  await take(callOf(id, { start: false, first: 151, events: someEvents(1), end: true }));
  await tick(id);
  expect((await progressOf(id)).d1.attempts).toBe(1);
  await tickUntilDrained(id);
  expect(await inD1(id)).toEqual(["s1/1", "s1/151"]);
  expect(await counted(id)).toEqual([149, 149]);
});
