import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FLUSH_MS } from "../../durable/session/limits";
import { WITHDRAWAL_GAP_MS } from "../../durable/session/memory";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { faults, resetFaults } from "../support/faults";
import {
  alarm,
  alarmAt,
  callOf,
  evict,
  identified,
  inD1,
  journalOf,
  numbered,
  sessionRow,
  someEvents,
  stubOf,
  take,
} from "../support/visit";

/** When an actor writes that was evicted in between: what was urgent still is, and what can wait waits no longer. */

beforeEach(() => stopClock("2031-06-08T08:00:00Z"));

afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

/** A session that both stores have all of, so that what comes now would wait for half a minute or more. */
async function writtenOut(): Promise<string> {
  const id = crypto.randomUUID();
  await take(callOf(id, { events: someEvents(2) }));
  await identified(id);
  await tickUntilDrained(id);
  vi.setSystemTime(Date.now() + 60_000);
  return id;
}

it("an end goes to both stores with the alarm that rings at once", async () => {
  const id = await writtenOut();
  await take(callOf(id, { start: false, first: 3, events: someEvents(1), end: true }));
  await evict(id);
  expect(await alarmAt(id)).toBeLessThanOrEqual(Date.now());
  await alarm(id);
  expect(await journalOf(id)).toEqual([]);
  expect(await sessionRow(id)).toMatchObject({ events: 3, ended_at: expect.any(Number) });
});

it("as much text as is written at once still is", async () => {
  const id = await writtenOut();
  const heavy = someEvents(100).map((event) => ({ ...event, data: { text: "x".repeat(3_000) } }));
  await take(callOf(id, { start: false, first: 3, events: heavy }));
  await evict(id);
  await alarm(id);
  expect(await journalOf(id)).toEqual([]);
  expect(await sessionRow(id)).toMatchObject({ events: 102 });
});

it("text that only the archive lacks hastens nothing", async () => {
  const id = await writtenOut();
  const heavy = someEvents(100).map((event) => ({ ...event, data: { text: "x".repeat(3_000) } }));
  faults.at.set("r2.put events", "refuse");
  await take(callOf(id, { start: false, first: 3, events: heavy }));
  await alarm(id);
  await evict(id);
  await take(callOf(id, { start: false, first: 103, events: someEvents(1) }));
  vi.setSystemTime(Date.now() + 1_000);
  await alarm(id);
  expect(await sessionRow(id)).toMatchObject({ events: 102 });
});

it("a withdrawal reaches D1 within seconds, though nothing but the eviction follows it", async () => {
  const id = await writtenOut();
  const began = Date.now();
  await take(callOf(id, { start: { consent: "denied" } }));
  await evict(id);
  const at = (await alarmAt(id)) ?? 0;
  expect(at - began).toBeLessThanOrEqual(WITHDRAWAL_GAP_MS);
  vi.setSystemTime(Math.max(at, began));
  await alarm(id);
  expect(await sessionRow(id)).toMatchObject({ visitor_id: null, ip: null });
});

it("what a failed write holds is due with its retry, and hastens nothing that comes after", async () => {
  const id = await writtenOut();
  await take(callOf(id, { start: false, first: 3, events: someEvents(1) }));
  faults.at.set("d1.batch", "refuse");
  await tick(id);
  await evict(id);
  faults.at.clear();
  await tick(id);
  expect(await inD1(id)).toEqual(numbered(1, 3));
  await take(callOf(id, { start: false, first: 4, events: someEvents(1) }));
  expect(await alarmAt(id)).toBeGreaterThan(Date.now() + FLUSH_MS / 2);
});

it("what waited is written within the interval, even if the clock has jumped back", async () => {
  const id = await writtenOut();
  await take(callOf(id, { start: false, first: 3, events: someEvents(1) }));
  vi.setSystemTime(Date.now() - 3_600_000);
  await evict(id);
  await stubOf(id).wake();
  expect(await alarmAt(id)).toBeLessThanOrEqual(Date.now() + FLUSH_MS);
});
