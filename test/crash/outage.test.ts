import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FLUSH_MS } from "../../durable/session/limits";
import type { Entry } from "../../src/core/session/entry";
import { PLAN_MAX_EVENTS, PLAN_MAX_UNITS, RETRY_MAX_MS } from "../../src/limits";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { callsBy, faults, resetFaults } from "../support/faults";
import {
  alarmAt,
  callOf,
  evict,
  inD1,
  inR2,
  isEvent,
  liveOf,
  numbered,
  objectsOf,
  sessionRow,
  someEvents,
  stubOf,
  take,
} from "../support/visit";

beforeEach(() => stopClock("2031-06-01T12:00:00Z"));

afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

/** One event, then its alarm, `count` times over. */
async function keepSending(id: string, from: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await take(callOf(id, { first: from + i, events: someEvents(1) }));
    // Without an alarm it is null, and fails.
    expect(await alarmAt(id)).toBeLessThanOrEqual(Date.now() + Math.max(FLUSH_MS, RETRY_MAX_MS));
    await tick(id);
  }
}

describe("an outage of more than ten alarms", () => {
  it("of D1 lets R2 go on, and D1 catches up", async () => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse");
    await keepSending(id, 1, 48);
    const live = await liveOf(id);
    expect(live?.actor.attempts.d1).toBeGreaterThan(10);
    expect(live?.actor.last_flush_error.d1).toContain("Network connection lost");
    expect(await inD1(id)).toEqual([]);
    expect((await inR2(id)).length).toBeGreaterThan(30);
    faults.at.clear();
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 48));
    expect(await inR2(id)).toEqual(numbered(1, 48));
    expect(await sessionRow(id)).toMatchObject({ events: 48 });
  });

  it("of R2 lets D1 go on, and R2 catches up", async () => {
    const id = crypto.randomUUID();
    faults.at.set("r2.put events", "refuse");
    await keepSending(id, 1, 48);
    expect((await liveOf(id))?.actor.attempts.r2).toBeGreaterThan(10);
    expect((await inD1(id)).length).toBeGreaterThan(30);
    expect(await inR2(id)).toEqual([]);
    faults.at.clear();
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 48));
    expect(await inR2(id)).toEqual(numbered(1, 48));
  });

  it("of both at once, with evictions between, loses nothing", async () => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse");
    faults.at.set("r2.put events", "lie");
    for (let i = 0; i < 6; i++) {
      await keepSending(id, 1 + i * 8, 8);
      await evict(id);
    }
    expect((await liveOf(id))?.actor.attempts.d1).toBeGreaterThan(10);
    faults.at.clear();
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 48));
    expect(await inR2(id)).toEqual(numbered(1, 48));
  });

  it("of D1 while its table is missing is an outage, not a refusal of events", async () => {
    const id = crypto.randomUUID();
    await env.DB.exec("ALTER TABLE events RENAME TO events_away");
    try {
      await keepSending(id, 1, 2);
      expect((await liveOf(id))?.quarantined).toBe(0);
    } finally {
      await env.DB.exec("ALTER TABLE events_away RENAME TO events");
    }
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 2));
  });
});

/** The archive's objects of a session, each a plan. */
async function flushesOf(id: string): Promise<{ text: string; entries: Entry[] }[]> {
  const logs = (await objectsOf(id)).filter(({ key }) => key.includes("/events/"));
  return logs.map(({ text }) => ({ text, entries: (JSON.parse(text) as { entries: Entry[] }).entries }));
}

describe("a long backlog", () => {
  it("leaves in plans of at most a thousand events, each with the session as of its end", async () => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse");
    for (let i = 0; i < 25; i++) {
      vi.setSystemTime(Date.now() + 3_000);
      await take(callOf(id, { first: 1 + i * 100, events: someEvents(100) }));
    }
    await tick(id);
    faults.at.clear();
    faults.calls = [];
    await tickUntilDrained(id);
    expect(callsBy(stubOf(id)).filter((call) => call === "d1.batch").length).toBeGreaterThanOrEqual(3);
    expect(await inD1(id)).toEqual(numbered(1, 2_500));
    expect(await inR2(id)).toEqual(numbered(1, 2_500));
    expect(await sessionRow(id)).toMatchObject({ events: 2_500, last_seq: (await liveOf(id))?.last_seq });
    for (const { entries } of await flushesOf(id)) {
      expect(entries.filter(isEvent).length).toBeLessThanOrEqual(PLAN_MAX_EVENTS);
    }
  });

  it("of few but long events leaves in plans of at most half a megabyte", async () => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse").set("r2.put events", "refuse");
    // A batch is a row: two fit a plan, three do not.
    const words = "x".repeat(PLAN_MAX_UNITS * 0.04);
    const long = someEvents(10).map((event) => ({ ...event, data: { words } }));
    for (let i = 0; i < 7; i++) {
      vi.setSystemTime(Date.now() + 3_000);
      await take(callOf(id, { first: 1 + i * 10, events: long }));
    }
    await tick(id);
    faults.at.clear();
    faults.calls = [];
    await tickUntilDrained(id);
    const flushes = await flushesOf(id);
    expect(flushes.length).toBeGreaterThanOrEqual(4);
    for (const { text } of flushes) expect(text.length).toBeLessThan(PLAN_MAX_UNITS + 1_000);
    // D1 is written in the same plans, which its parameters could not hold otherwise.
    expect(callsBy(stubOf(id)).filter((call) => call === "d1.batch").length).toBe(flushes.length);
    expect(await inD1(id)).toEqual(numbered(1, 70));
    expect(await inR2(id)).toEqual(numbered(1, 70));
  });

  it("leaves whole, even where one row of it is longer than a plan", async () => {
    const id = crypto.randomUUID();
    const words = "x".repeat(PLAN_MAX_UNITS);
    await take(callOf(id, { events: someEvents(2).map((event) => ({ ...event, data: { words } })) }));
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 2));
    expect(await inR2(id)).toEqual(numbered(1, 2));
  });

  it("stores in D1 the state as of a plan's end even when R2 has gone further", async () => {
    const id = crypto.randomUUID();
    faults.at.set("d1.batch", "refuse");
    for (let i = 0; i < 12; i++) {
      vi.setSystemTime(Date.now() + 3_000);
      await take(callOf(id, { first: 1 + i * 100, events: someEvents(100) }));
      if (i % 4 === 3) await tick(id);
    }
    faults.at.clear();
    faults.at.set("d1.batch", "dieAfter");
    for (let i = 0; i < 40 && (await sessionRow(id)) === null; i++) await tick(id).catch(() => {});
    const row = await sessionRow(id);
    const { results } = await env.DB.prepare("SELECT seq FROM events WHERE session_id = ?")
      .bind(id)
      .all<{ seq: number }>();
    expect(row?.["events"]).toBe(results.length);
    expect(row?.["last_seq"]).toBeGreaterThanOrEqual(Math.max(...results.map(({ seq }) => seq)));
    faults.at.clear();
    await evict(id);
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 1_200));
  });
});
