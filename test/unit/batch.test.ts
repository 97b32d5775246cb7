import { describe, expect, it } from "vitest";
import { MAX_BATCH_EVENTS, MAX_GONE_RANGES, MAX_NUMBER } from "../../src/limits";
import { BatchInput, Envelope, isPlainEnvelope, parseBatch, parseSingle, SingleInput } from "../../src/protocol/track";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const OTHER = `1${ID.slice(1)}`;
const PAGE = "https://a.example/";
const KEY = "k".repeat(16);

const EVENT = { event_type: "click" };
const batch = (more: object = {}) => ({ session_id: ID, events: [EVENT], ...more });
const gone = (count: number) => Array.from({ length: count }, () => [1, 1]);

/** The fields of which most batches have no other: the quick check is to take them. */
const PLAIN: [string, unknown[], unknown[]][] = [
  ["session_id", [ID], ["", "x", null, 1]],
  ["site", ["a", null, undefined], ["", "_", 1]],
  ["sent_at", [0, -1.5, 1_795_000_000_000, null, undefined], ["1", Number.NaN, Number.POSITIVE_INFINITY]],
  ["events", [[EVENT], Array.from({ length: MAX_BATCH_EVENTS }, () => EVENT)], [[], {}, null, "x"]],
  ["events", [[EVENT, EVENT]], [Array.from({ length: MAX_BATCH_EVENTS + 1 }, () => EVENT), { length: 1 }]],
];
const NUMBERED: [string, unknown[], unknown[]][] = [
  ["stream", ["a", "s".repeat(64)], ["", "server", "a.b", 1]],
  ["first", [1, 2, MAX_NUMBER], [0, -1, 1.5, MAX_NUMBER + 1, "1"]],
];

/** The rarer ones. */
const RARE: [string, unknown[], unknown[]][] = [
  ["session_id", [ID.toUpperCase()], [`${ID}0`]],
  [
    "gone",
    [
      [],
      [[1, 1]],
      [[1, MAX_NUMBER]],
      [
        [1, 2],
        [5, 9],
      ],
      gone(MAX_GONE_RANGES),
      null,
    ],
    [[[2, 1]], [[0, 1]], [[1]]],
  ],
  ["gone", [[[3, 3]]], [[[1, MAX_NUMBER + 1]], [[1, 2, 3]], gone(MAX_GONE_RANGES + 1), [1, 2], "x", [[1.5, 2]]]],
  ["start", [{ page: PAGE }, { page: PAGE, session_id: ID }, null], [{}, { page: "x" }, [], 1]],
  ["end", [{}, { session_id: ID }, { exit_page: PAGE, timestamp: 1 }, null], [{ exit_page: "x" }, 1, { site: "_" }]],
  ["session_key", [KEY, "k".repeat(256), null], ["k".repeat(15), "k".repeat(257), 1]],
];

describe("a batch's field", () => {
  it.each([...PLAIN, ...NUMBERED, ...RARE])("%s is taken within its bounds", (name, good, bad) => {
    const numbers = { stream: "s", first: 1 };
    for (const value of good) {
      expect(parseBatch(batch({ ...numbers, [name]: value })).ok, JSON.stringify(value)).toBe(true);
    }
    for (const value of bad) {
      const parsed = parseBatch(batch({ ...numbers, [name]: value }));
      expect(parsed.ok, JSON.stringify(value)).toBe(false);
      if (!parsed.ok) expect(parsed.refusal).toMatchObject({ code: "invalid_body", errors: expect.any(Array) });
    }
  });

  it.each([...PLAIN, ...NUMBERED])("%s needs no schema when it is plain", (name, good, bad) => {
    for (const value of good) expect(isPlainEnvelope(batch({ [name]: value })), JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(isPlainEnvelope(batch({ [name]: value })), JSON.stringify(value)).toBe(false);
  });

  it("is left to the schema where the quick check does not know it, or must change it", () => {
    const raws = [batch({ gone: null }), batch({ start: null }), batch({ end: null }), batch({ session_key: KEY })];
    for (const raw of [...raws, batch({ more: 1 }), batch({ session_id: ID.toUpperCase() })]) {
      expect(isPlainEnvelope(raw)).toBe(false);
      expect(parseBatch(raw)).toMatchObject({ ok: true, value: { session_id: ID } });
    }
    expect(isPlainEnvelope({ events: [EVENT] })).toBe(false);
    expect(isPlainEnvelope({ session_id: ID })).toBe(false);
  });
});

describe("a batch", () => {
  const refusal = (raw: unknown) => {
    const parsed = parseBatch(raw);
    return parsed.ok ? null : parsed.refusal;
  };

  it.each([
    [{ stream: "s" }, "first", "stream and first come together"],
    [{ stream: "s", first: null }, "first", "stream and first come together"],
    [{ first: 1 }, "first", "stream and first come together"],
    [{ gone: [[1, 2]] }, "gone", "needs a stream"],
    [{ start: { page: PAGE, session_id: OTHER } }, "start.session_id", "differs from session_id"],
    [{ end: { session_id: OTHER } }, "end.session_id", "differs from session_id"],
    [{ stream: "s", first: 1, gone: [[2, 1]] }, "gone.0", "must run upwards"],
  ])("with %j is refused, with the place and the reason", (more, path, message) => {
    expect(refusal(batch(more))).toEqual({
      code: "invalid_body",
      detail: `${path}: ${message}`,
      errors: [{ path, message }],
    });
  });

  it("of no stream may say that it has lost nothing", () => {
    expect(refusal(batch({ gone: [] }))).toBeNull();
    expect(refusal(batch({ gone: null, stream: null, first: null }))).toBeNull();
  });

  it("that is nothing at all is refused as a whole", () => {
    expect(refusal(null)).toMatchObject({ code: "invalid_body", detail: expect.stringMatching(/^body: /) });
  });

  it("keeps its good events in their places, and says of each bad one where it was and why", () => {
    const parsed = parseBatch(batch({ site: "a", events: [EVENT, { event_type: "" }, { event_type: "a" }, 7] }));
    expect(parsed).toEqual({
      ok: true,
      value: {
        session_id: ID,
        site: "a",
        events: [EVENT, null, { event_type: "a" }, null],
        rejected: [
          { index: 1, code: "invalid_event", detail: expect.stringMatching(/^event_type: /) },
          { index: 3, code: "invalid_event", detail: expect.stringMatching(/^event: /) },
        ],
      },
    });
  });

  it("without a good event is refused, with the first twenty reasons", () => {
    const events = Array.from({ length: 30 }, () => ({ event_type: "" }));
    const why = refusal(batch({ events }));
    expect(why).toMatchObject({ code: "no_valid_event", detail: "None of the events is valid." });
    expect(why?.errors).toHaveLength(20);
    expect(why?.errors?.[19]).toEqual({ path: "events.19", message: expect.stringMatching(/^event_type: /) });
  });
});

describe("a single event", () => {
  it("is a batch of one, the envelope's fields beside its own", () => {
    const event = {
      event_type: "click",
      timestamp: 5,
      page: PAGE,
      x: 1,
      y: 2,
      element: "#a",
      scroll_percent: 3,
      data: {},
    };
    expect(parseSingle({ session_id: ID, site: "a", sent_at: 9, ...event })).toEqual({
      ok: true,
      value: { session_id: ID, site: "a", sent_at: 9, events: [event], rejected: [] },
    });
  });

  it.each([[null], [undefined], ["x"], [1], [[]]])("is an object, and not %j", (raw) => {
    expect(parseSingle(raw)).toEqual({
      ok: false,
      refusal: {
        code: "invalid_body",
        detail: "body: must be an object",
        errors: [{ path: "body", message: "must be an object" }],
      },
    });
  });
});

describe("a batch as it is published", () => {
  it("has its events checked with it", () => {
    expect(BatchInput.safeParse(batch()).success).toBe(true);
    const most = Array.from({ length: MAX_BATCH_EVENTS }, () => EVENT);
    expect(BatchInput.safeParse(batch({ events: most })).success).toBe(true);
    for (const events of [[], [...most, EVENT], [{ event_type: "" }], [{}]]) {
      expect(BatchInput.safeParse(batch({ events })).success).toBe(false);
    }
    expect(Envelope.safeParse(batch({ events: [7] })).success).toBe(true);
  });

  it("of one event has the envelope's fields and the event's", () => {
    expect(SingleInput.safeParse({ session_id: ID, ...EVENT }).success).toBe(true);
    expect(SingleInput.safeParse({ session_id: ID }).success).toBe(false);
    expect(SingleInput.safeParse(EVENT).success).toBe(false);
  });
});
