import { describe, expect, it } from "vitest";
import { MAX_STREAMS, newStream } from "../../src/core/delivery/streams";
import { takeEvents } from "../../src/core/session/calls/events";
import type { Unplaced } from "../../src/core/session/entry";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import type { EventInput } from "../../src/protocol/events";
import type { Batch } from "../../src/protocol/track";

/** Which events of a batch are new, and what they look like in the journal. */

const T = 1_795_000_000_000;
const CLICK: EventInput = { event_type: "click" };

const batch = (events: (EventInput | null)[], more: Partial<Batch> = {}): Batch => ({
  session_id: "11111111-2222-4333-8444-555555555555",
  stream: "s1",
  first: 1,
  events,
  rejected: [],
  ...more,
});

function taken(one: Batch, state: SessionState = newState(0), earliest = 0) {
  const result = takeEvents(state, one, { earliest, now: T, shed: false });
  if (!result.ok) throw new Error(result.code);
  return result;
}

const numbers = (entries: Unplaced[]) => entries.map((entry) => (entry.kind === "event" ? entry.number : entry.kind));
const having = (stream: Partial<ReturnType<typeof newStream>>, more: Partial<SessionState> = {}) => ({
  ...newState(0),
  ...more,
  streams: { s1: { ...newStream(), ...stream } },
});

describe("a numbered batch", () => {
  it("is new event for event, by its numbers", () => {
    const { entries, accepted, duplicates, ack } = taken(batch([CLICK, CLICK], { first: 4 }));
    expect(numbers(entries)).toEqual([4, 5]);
    expect({ accepted, duplicates, ack }).toEqual({
      accepted: 2,
      duplicates: 0,
      ack: { stream: "s1", through: 5, missing: [[1, 3]] },
    });
  });

  it("counts what is known as repeated, and does not change the state", () => {
    const state = having({ through: 2 });
    const before = structuredClone(state);
    const { entries, accepted, duplicates, ack } = taken(batch([CLICK, CLICK, CLICK]), state);
    expect([numbers(entries), accepted, duplicates]).toEqual([[3], 1, 2]);
    expect(ack?.through).toBe(3);
    expect(state).toEqual(before);
  });

  it("settles the numbers of refused events once, and repeats of them are no duplicates", () => {
    const refused = taken(batch([CLICK, null]));
    expect(refused.entries.at(-1)).toEqual({ kind: "settled", at: T, stream: "s1", rejected: [2], gone: [] });
    expect(refused.accepted).toBe(1);
    expect(taken(batch([CLICK, null]), having({ through: 2 }))).toMatchObject({ entries: [], duplicates: 1 });
  });

  it("settles what the client says is gone, as far as that is news", () => {
    const gone: [number, number][] = [
      [1, 2],
      [4, 5],
      [1, 1],
    ];
    const { entries, ack } = taken(batch([CLICK], { first: 6, gone }), having({ through: 2 }));
    expect(entries.at(-1)).toEqual({ kind: "settled", at: T, stream: "s1", rejected: [], gone: [[4, 5]] });
    expect(ack?.missing).toEqual([[3, 3]]);
    expect(taken(batch([CLICK], { gone: [] })).entries).toHaveLength(1);
  });

  it("may begin a stream while there are fewer than may be, and go on with one of them always", () => {
    const streams = Object.fromEntries(Array.from({ length: MAX_STREAMS }, (_, i) => [`s${i + 1}`, newStream()]));
    const full = { ...newState(0), streams };
    expect(takeEvents(full, batch([CLICK], { stream: "new" }), { earliest: 0, now: T, shed: false })).toMatchObject({
      ok: false,
      code: "stream_too_sparse",
    });
    expect(taken(batch([CLICK]), full).accepted).toBe(1);
    const { s1: _, ...fewer } = streams;
    expect(taken(batch([CLICK], { stream: "new" }), { ...full, streams: fewer }).accepted).toBe(1);
  });

  it("may leave 64 gaps, and no more", () => {
    const gaps = Array.from({ length: 63 }, (_, i): [number, number] => [i * 2 + 1, i * 2 + 1]);
    const state = having({ through: 126, gaps });
    expect(taken(batch([CLICK], { first: 128 }), state).accepted).toBe(1);
    const full = having({ through: 128, gaps: [...gaps, [127, 127]] });
    expect(takeEvents(full, batch([CLICK], { first: 130 }), { earliest: 0, now: T, shed: false })).toMatchObject({
      ok: false,
      code: "stream_too_sparse",
    });
    expect(taken(batch([CLICK], { first: 129 }), full).accepted).toBe(1);
  });
});

describe("a number", () => {
  const first = (n: number, state: SessionState, more: Partial<Batch> = {}, earliest = 0) =>
    takeEvents(state, batch([CLICK], { first: n, ...more }), { earliest, now: T, shed: false });
  const refusal = { ok: false, code: "stream_too_sparse" };
  const nobody = newState(0);

  it.each<[string, number, number, Partial<Batch>]>([
    ["a burst of a page that has just begun", 1_000, 0, {}],
    ["a burst and a minute of a session that began a minute ago", 4_000, T - 60_000, {}],
    [
      "an hour of a page that was offline that long",
      181_000,
      0,
      { events: [{ ...CLICK, timestamp: 1 }], sent_at: 3_600_001 },
    ],
  ])("reaches as far as %s", (_, most, earliest, more) => {
    expect(first(most, nobody, more, earliest)).toMatchObject({ ok: true, ack: { through: most } });
    expect(first(most + 1, nobody, more, earliest)).toMatchObject(refusal);
    const gone: [number, number][] = [[1, most + 1]];
    expect(first(1, nobody, { ...more, gone }, earliest)).toMatchObject(refusal);
  });

  it("reaches on from the newest, by the time since then", () => {
    const at = (ms: number) => having({ through: 10, received: 10, at: T - ms });
    expect(first(1_010, at(0))).toMatchObject({ ok: true });
    expect(first(1_011, at(0), {}, T - 3_600_000)).toMatchObject(refusal);
    expect(first(1_060, at(1_000))).toMatchObject({ ok: true });
  });

  it.each([2_000, 1_000_000, 1_000_000_000])("as high as %i is no session's", (n) => {
    expect(first(n, nobody)).toMatchObject(refusal);
    expect(first(n, having({ through: 5, at: T }))).toMatchObject(refusal);
  });
});

describe("a batch without numbers", () => {
  const bare = (events: (EventInput | null)[], more: Partial<Batch> = {}) =>
    batch(events, { stream: null, first: null, ...more });

  it("is new each time, and has no ack", () => {
    const { entries, accepted, duplicates, ack } = taken(bare([CLICK, CLICK]));
    expect(entries).toMatchObject([
      { stream: null, number: null },
      { stream: null, number: null },
    ]);
    expect({ accepted, duplicates, ack }).toEqual({ accepted: 2, duplicates: 0, ack: null });
  });

  it("says how many were refused", () => {
    const rejected = [{ index: 1, code: "invalid_event", detail: "" }];
    const { entries, accepted } = taken(bare([CLICK, null], { rejected }));
    expect(accepted).toBe(1);
    expect(entries[1]).toEqual({
      kind: "settled",
      at: T,
      stream: null,
      rejected: [],
      unnumbered_rejected: 1,
      gone: [],
    });
  });

  it.each<Partial<Batch>>([{ first: null }, { stream: null }])("is one that lacks half of it too: %j", (more) => {
    expect(taken(batch([CLICK], more)).ack).toBeNull();
  });
});

describe("an event", () => {
  const aged = (...ages: number[]) => ages.map((age) => ({ ...CLICK, timestamp: 100_000 - age }));
  const times = (entries: Unplaced[]) => entries.map(({ at }) => T - at);

  it.each([
    ["numbered", {}],
    ["without numbers", { stream: null, first: null }],
  ])("of a batch %s is as old as the page says, and never older than the one before it", (_, more) => {
    const one = batch(aged(500, 900, 100), { sent_at: 100_000, ...more });
    expect(times(taken(one).entries)).toEqual([500, 500, 100]);
    expect(times(taken(one, newState(0), T - 300).entries)).toEqual([300, 300, 100]);
  });

  it("is never older than the last of its stream", () => {
    const one = batch(aged(500), { first: 3, sent_at: 100_000 });
    expect(times(taken(one, having({ through: 2, at: T - 200 })).entries)).toEqual([200]);
    expect(times(taken(one, having({ through: 2, at: T - 800 })).entries)).toEqual([500]);
  });

  it("has only what was sent of it", () => {
    const full = {
      ...CLICK,
      page: "https://shop.example/",
      element: "a",
      x: 0,
      y: 2,
      scroll_percent: 3,
      data: { a: 1 },
    };
    const base = { kind: "event", at: T, received_at: T, stream: "s1", event_type: "click" };
    const nothing = { page: null, element: null, x: null, y: null, scroll_percent: null, data: null };
    expect(taken(batch([full, CLICK, { ...CLICK, ...nothing }])).entries).toEqual([
      {
        ...base,
        number: 1,
        page: "https://shop.example/",
        element: "a",
        detail: { x: 0, y: 2, scroll_percent: 3, data: { a: 1 } },
      },
      { ...base, number: 2 },
      { ...base, number: 3 },
    ]);
  });

  it.each([
    ["s1", 1],
    [null, null],
  ])("after the end is late, in stream %j too", (stream, first) => {
    const ended = having({}, { ended_at: T - 1 });
    expect(taken(batch([CLICK], { stream, first }), ended).entries[0]).toHaveProperty("late", true);
    expect(taken(batch([CLICK], { stream, first })).entries[0]).not.toHaveProperty("late");
  });

  it("that names a person says so to the head alone, the last word on each trait counting", () => {
    const said = (data?: Record<string, unknown>) => ({ event_type: "identify", ...(data && { data }) });
    const result = taken(batch([said({ a: 1, b: 1 }), said({ b: 2 }), said(), { ...CLICK, data: { c: 3 } }]));
    expect(result.traits).toEqual({ a: 1, b: 2 });
    expect(result.entries[0]).not.toHaveProperty("detail");
    expect(result.entries[3]).toHaveProperty("detail", { data: { c: 3 } });
    expect(taken(batch([CLICK])).traits).toBeNull();
    expect(taken(batch([null, said({ a: 1 })], { stream: null, first: null })).traits).toEqual({ a: 1 });
  });

  it("that is repeated names nobody again", () => {
    const again = batch([{ event_type: "identify", data: { a: 1 } }]);
    expect(taken(again, having({ through: 1 })).traits).toBeNull();
  });
});
