import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FLUSH_MS } from "../../durable/session/limits";
import { ARCHIVE_MS } from "../../durable/session/memory";
import { IDLE_MS } from "../../src/core/session/deadline";
import { apply } from "../../src/core/session/fold/fold";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { columns, summary } from "../../src/core/session/view";
import { readDetail } from "../../src/data/store/session-row/read";
import { LINGER_MS } from "../../src/limits";
import { stopClock, tick, tickUntilDrained } from "../support/clock";
import { callsBy, faults, hold, resetFaults } from "../support/faults";
import { PATIENT } from "../support/patience";
import {
  alarm,
  alarmAt,
  callOf,
  drain,
  entriesInR2,
  evict,
  identified,
  inD1,
  inR2,
  isEvent,
  journalOf,
  liveOf,
  numbered,
  progressOf,
  sessionRow,
  someEvents,
  stubOf,
  tablesOf,
  take,
  track,
} from "../support/visit";

afterEach(() => {
  vi.useRealTimers();
  resetFaults();
});

describe("a storage call that throws in mid-ingest", () => {
  it.each(["create", "append", "setAlarm"] as const)("in %s leaves the retry to be accepted", async (failing) => {
    const id = crypto.randomUUID();
    await runInDurableObject(stubOf(id), (actor) => actor.breakStorage(failing));
    const call = callOf(id, { events: someEvents(3) });
    await expect(track(call)).rejects.toThrow();
    const again = await take(call);
    // A write may have been committed before the failure; then the retry is told so, and nothing is twice.
    expect(again.accepted + again.duplicates).toBe(3);
    if (failing !== "setAlarm") expect(again.accepted).toBe(3);
    await take(callOf(id, { start: false, end: true }));
    await drain(id);
    expect(await inD1(id)).toEqual(numbered(1, 3));
    expect(await inR2(id)).toEqual(numbered(1, 3));
  });

  it("on a known session keeps what was acked before", async () => {
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(2) }));
    // The next append is the call's.
    await identified(id);
    await runInDurableObject(stubOf(id), (actor) => actor.breakStorage("append"));
    await expect(track(callOf(id, { first: 3, events: someEvents(2) }))).rejects.toThrow();
    expect((await take(callOf(id, { first: 1, events: someEvents(4) }))).accepted).toBe(2);
    await take(callOf(id, { start: false, end: true }));
    await drain(id);
    expect(await inD1(id)).toEqual(numbered(1, 4));
  });

  it.each(["writePlan", "removeThrough", "writeProgress"] as const)(
    "in %s of a flush is mended by the next",
    async (failing) => {
      const id = crypto.randomUUID();
      await take(callOf(id, { events: someEvents(3) }));
      await runInDurableObject(stubOf(id), (actor) => actor.breakStorage(failing));
      // What went well is mostly written by rows that go; what failed is not.
      if (failing === "writeProgress") faults.at.set("r2.put events", "refuse");
      await take(callOf(id, { start: false, end: true }));
      await alarm(id).catch(() => false);
      // It may have fired by itself.
      await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain(`storage.${failing}`);
      faults.at.clear();
      await evict(id);
      await drain(id);
      expect(await inD1(id)).toEqual(numbered(1, 3));
      expect(await inR2(id)).toEqual(numbered(1, 3));
    },
  );
});

describe("what arrives during a flush", () => {
  it("is written at once when it ends the session, not at the idle limit", async () => {
    const id = crypto.randomUUID();
    const open = hold("gate");
    await take(callOf(id, { events: someEvents(3) }));
    const running = alarm(id);
    await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("d1.batch");
    await take(callOf(id, { first: 4, events: someEvents(2), end: true }));
    expect((await take(callOf(id, { first: 4, events: someEvents(2) }))).duplicates).toBe(2);
    open();
    await running;
    // The alarm fires by itself: nothing here runs it.
    await expect.poll(() => inD1(id), PATIENT).toEqual(numbered(1, 5));
    await expect.poll(() => inR2(id), PATIENT).toEqual(numbered(1, 5));
    expect((await sessionRow(id))?.["ended_at"]).not.toBeNull();
  });

  it("keeps an alarm within the flush interval when it does not", async () => {
    const id = crypto.randomUUID();
    const open = hold("gate");
    await take(callOf(id, { events: someEvents(3) }));
    const running = alarm(id);
    await expect.poll(() => callsBy(stubOf(id)), PATIENT).toContain("d1.batch");
    await take(callOf(id, { first: 4, events: someEvents(2) }));
    open();
    await running;
    // Without an alarm it is null, and fails.
    expect(await alarmAt(id)).toBeLessThanOrEqual(Date.now() + 30_000);
    await expect.poll(() => inD1(id), PATIENT).toEqual(numbered(1, 3));
    expect((await progressOf(id)).r2.plan).toBeNull();
  });
});

describe("while a plan is being written", () => {
  it("whatever sets the alarm sets it within the flush interval: the process may die with the plan", async () => {
    stopClock("2031-05-20T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(3) }));
    const open = hold("gate");
    vi.setSystemTime(Date.now() + 5_000);
    const running = alarm(id).catch(() => false);
    await expect.poll(() => faults.calls.length, { timeout: 5_000 }).toBeGreaterThan(0);
    // Nothing but the plan is left to do: by itself the session would be idle until then.
    await stubOf(id).wake();
    const at = await alarmAt(id);
    expect(at).toBeGreaterThan(Date.now());
    expect(at).toBeLessThanOrEqual(Date.now() + FLUSH_MS);
    await evict(id);
    open();
    await running;
    await tickUntilDrained(id);
    expect(await inD1(id)).toEqual(numbered(1, 3));
  });
});

describe("an eviction", () => {
  it("changes nothing that a session knows, whenever it comes", async () => {
    stopClock("2031-06-02T08:00:00Z");
    const [steady, shaken] = [crypto.randomUUID(), crypto.randomUUID()];
    const seen = [];
    for (const [id, ip] of [
      [steady, "203.0.113.0/24"],
      [shaken, "203.0.114.0/24"],
    ] as const) {
      vi.setSystemTime(Date.parse("2031-06-02T08:00:00Z"));
      for (let i = 0; i < 12; i++) {
        const types = ["page_view", "click", "scroll", "shop.buy"] as const;
        await take(
          callOf(id, {
            stream: i % 2 ? "a" : "b",
            first: 1 + i * 3,
            ip,
            events: someEvents(3, types[i % 4] ?? "click"),
          }),
        );
        // Their answer is an entry like any other: it has the same place in both logs.
        await identified(id);
        vi.setSystemTime(Date.now() + 1_700);
        if (i % 3 === 0) await alarm(id);
        if (id === shaken) await evict(id);
      }
      const live = await liveOf(id);
      if (!live) throw new Error("no such session");
      const { session_id: _, ip: ___, actor, unflushed, last_seq: __, ...state } = live;
      seen.push({ ...state, depth: actor.journal_depth, unflushed: unflushed.length });
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it("after a flush that only the journal's rows tell of, when they are gone, writes nothing of it again", async () => {
    stopClock("2031-06-04T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(2) }));
    await identified(id);
    vi.setSystemTime(Date.now() + 5_000);
    await alarm(id);
    await take(callOf(id, { first: 3, events: someEvents(2) }));
    const before = await progressOf(id);
    expect(before.r2.plan).toBeNull();
    vi.setSystemTime(Date.now() + ARCHIVE_MS);
    await alarm(id);
    const frozen = await progressOf(id);
    // The plan was written down, that it went well was not.
    expect(frozen.d1.plan?.lo).toBe(before.d1.through + 1);
    expect(frozen.r2.plan?.lo).toBe(before.r2.through + 1);
    expect(frozen.r2.plan?.hi).toBe(frozen.d1.plan?.hi);
    expect(await journalOf(id)).toEqual([]);
    await evict(id);
    faults.calls = [];
    await stubOf(id).wake();
    await alarm(id);
    expect(callsBy(stubOf(id))).toEqual([]);
    expect((await liveOf(id))?.unflushed).toEqual([]);
    await take(callOf(id, { first: 3, events: someEvents(4) }));
    await evict(id);
    await take(callOf(id, { start: false, end: true }));
    await drain(id);
    expect(await inD1(id)).toEqual(numbered(1, 6));
    expect(await inR2(id)).toEqual(numbered(1, 6));
    expect((await entriesInR2(id)).filter(isEvent)).toHaveLength(6);
  });

  it("does not put a flush off each time the actor wakes", async () => {
    stopClock("2031-06-03T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(1) }));
    await tick(id);
    expect(await inD1(id)).toEqual(numbered(1, 1));
    vi.setSystemTime(Date.now() + 60_000);
    await take(callOf(id, { first: 2, events: someEvents(1) }));
    const began = Date.now();
    for (let i = 0; i < 3; i++) {
      vi.setSystemTime(Date.now() + 9_000);
      await evict(id);
      await take(callOf(id, { first: 3 + i, events: someEvents(1) }));
    }
    expect(await alarmAt(id)).toBeLessThanOrEqual(began + 30_000);
    await tick(id);
    expect(await inD1(id)).toEqual(numbered(1, 5));
  });

  it("does not take the archive for overdue because the events were old when they came", async () => {
    stopClock("2031-06-04T12:00:00Z");
    const id = crypto.randomUUID();
    const events = someEvents(2).map((event) => ({ ...event, timestamp: Date.now() - 600_000 }));
    const call = callOf(id, { events });
    await take({ ...call, batch: call.batch && { ...call.batch, sent_at: Date.now() } });
    expect((await liveOf(id))?.started_at).toBe(Date.now() - 600_000);
    vi.setSystemTime(Date.now() + 5_000);
    await alarm(id);
    await evict(id);
    await take(callOf(id, { start: false, first: 3, events: someEvents(1) }));
    expect(await alarmAt(id)).toBeGreaterThan(Date.now());
  });

  it("mends an alarm that was lost", async () => {
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(1) }));
    await runInDurableObject(stubOf(id), (_, state) => state.storage.deleteAlarm());
    await evict(id);
    await stubOf(id).wake();
    expect(await alarmAt(id)).not.toBeNull();
  });
});

describe("the log", () => {
  it("folded again from R2 gives the state that D1 holds", async () => {
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(40), start: { fingerprint_id: "f-9" } }));
    await take(callOf(id, { first: 60, events: someEvents(5, "scroll"), gone: [[41, 50]] }));
    await take(callOf(id, { start: false, end: true }));
    await drain(id);
    const log = await entriesInR2(id);
    const state = newState((log[0]?.seq ?? 1) - 1);
    for (const entry of log) apply(state, entry);
    const row = await sessionRow(id);
    const head = newHead(id, "default", 0);
    const { visitor_id: _, fingerprint_id: __, ip: ___, asn: ____, scores, ...shown } = columns(head, state);
    expect(row).toMatchObject({ ...shown, ...scores });
    const detail = readDetail(String(row?.["detail"]), { ...shown, ...scores });
    expect(detail).toEqual({ ...summary(head, state, newProgress(0)), device_id: "d".repeat(32) });
  });
});

describe("the lives of one id", () => {
  it("are both complete: start, end, wipe, and start again", async () => {
    stopClock("2031-06-04T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(4), end: true }));
    await alarm(id);
    vi.setSystemTime(Date.now() + LINGER_MS - 1_000);
    await alarm(id);
    expect((await take(callOf(id, { start: false, first: 5, events: someEvents(1) }))).ended).toBe(true);
    vi.setSystemTime(Date.now() + ARCHIVE_MS);
    await alarm(id);
    await alarm(id);
    expect(await tablesOf(id)).toEqual([]);
    expect(await track(callOf(id, { start: false, events: someEvents(1) }))).toMatchObject({ code: "session_unknown" });
    expect((await take(callOf(id, { events: someEvents(3), end: true }))).accepted).toBe(3);
    await alarm(id);
    expect(await inD1(id)).toEqual([...numbered(1, 5), ...numbered(1, 3)]);
    expect(await inR2(id)).toEqual([...numbered(1, 5), ...numbered(1, 3)]);
  });

  it("end by themselves after half an hour of nothing, at the time of the last event", async () => {
    stopClock("2031-06-05T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id, { events: someEvents(1) }));
    const last = Date.now();
    await alarm(id);
    vi.setSystemTime(last + 3_000);
    await alarm(id);
    vi.setSystemTime(last + IDLE_MS);
    await alarm(id);
    await alarm(id);
    expect(await sessionRow(id)).toMatchObject({ ended_at: last });
    expect((await liveOf(id))?.end_reason).toBe("idle");
  });

  it("leave nothing behind when they never had an event", async () => {
    stopClock("2031-06-06T08:00:00Z");
    const id = crypto.randomUUID();
    await take(callOf(id));
    expect(await tablesOf(id)).toEqual(["journal"]);
    vi.setSystemTime(Date.now() + IDLE_MS);
    await alarm(id);
    expect(await tablesOf(id)).toEqual([]);
    expect(await sessionRow(id)).toBeNull();
    expect(await inR2(id)).toEqual([]);
  });
});
