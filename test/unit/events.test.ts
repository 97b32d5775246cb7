import { describe, expect, it } from "vitest";
import * as z from "zod";
import { MAX_COORDINATE, MAX_ELEMENT_UNITS, MAX_TRAITS, MAX_TRAITS_UNITS } from "../../src/limits";
import {
  BUILT_IN_TYPES,
  describe as describeError,
  EventInput,
  isPlainEvent,
  parseEvent,
} from "../../src/protocol/events";

const event = (more: object = {}) => ({ event_type: "click", ...more });

/** What each field takes, and what it does not. */
const FIELDS: [string, unknown[], unknown[]][] = [
  ["event_type", ["a", "a9_.", `a${"b".repeat(63)}`], ["", " ", "a\u0007", `a${"b".repeat(64)}`, null, 1]],
  [
    "timestamp",
    [0, -1, 1.5, 1_795_000_000_000, Number.MAX_VALUE, -Number.MAX_VALUE],
    ["1", Number.NaN, Number.POSITIVE_INFINITY],
  ],
  ["page", ["https://a.example/"], ["/a", "", 1, "ftp://a.example/"]],
  ["x", [0, 12.5, MAX_COORDINATE, -MAX_COORDINATE], [MAX_COORDINATE + 1, -MAX_COORDINATE - 1, "1", true]],
  ["y", [0, 12.5, MAX_COORDINATE, -MAX_COORDINATE], [MAX_COORDINATE + 1, -MAX_COORDINATE - 1, "1", true]],
  ["element", ["", "#a", "e".repeat(MAX_ELEMENT_UNITS)], ["e".repeat(MAX_ELEMENT_UNITS + 1), 1]],
  ["scroll_percent", [0, 50.5, 100], [-0.1, 100.1, "50"]],
  ["data", [{}, { a: [1, { b: null }] }], [[], "x", 1]],
];

describe("an event's field", () => {
  it.each(FIELDS)("%s is taken within its bounds, by the quick check as by the schema", (name, good, bad) => {
    for (const value of good) {
      const raw = event({ [name]: value });
      expect(parseEvent(raw)).toEqual({ ok: true, value: raw });
      expect(EventInput.safeParse(raw).success).toBe(true);
      // The quick check is what makes a batch cheap: an ordinary event is not to need more.
      expect(isPlainEvent(raw)).toBe(true);
    }
    for (const value of bad) {
      const raw = event({ [name]: value });
      const parsed = parseEvent(raw);
      expect(parsed.ok, String(value)).toBe(false);
      if (!parsed.ok)
        expect(parsed.refusal).toMatchObject({ code: "invalid_event", detail: expect.stringMatching(`^${name}: `) });
      expect(isPlainEvent(raw)).toBe(false);
    }
  });

  it.each(FIELDS.map(([name]) => name).filter((name) => name !== "event_type"))("%s may be null, or absent", (name) => {
    for (const value of [null, undefined]) {
      const raw = event({ [name]: value });
      expect(parseEvent(raw)).toEqual({ ok: true, value: raw });
      expect(isPlainEvent(raw)).toBe(true);
    }
  });

  it("that nobody knows is left out, a prototype among the data too", () => {
    expect(parseEvent(event({ more: 1 }))).toEqual({ ok: true, value: event() });
    expect(isPlainEvent(event({ more: 1 }))).toBe(false);
    expect(isPlainEvent({ ...event(), data: JSON.parse('{"__proto__":1}') })).toBe(false);
  });

  it("that holds its type is the one it cannot be without", () => {
    expect(isPlainEvent({ x: 1 })).toBe(false);
    expect(parseEvent({ x: 1 })).toMatchObject({ ok: false, refusal: { code: "invalid_event" } });
  });
});

describe("an event", () => {
  it.each([[null], [undefined], ["click"], [1], [[]]])("is an object, and not %j", (raw) => {
    expect(isPlainEvent(raw)).toBe(false);
    const parsed = parseEvent(raw);
    expect(parsed.ok ? null : parsed.refusal.detail).toMatch(/^event(_type)?: /);
  });

  it("of each built-in type is taken", () => {
    expect(BUILT_IN_TYPES.size).toBe(18);
    for (const event_type of BUILT_IN_TYPES) expect(parseEvent({ event_type }).ok).toBe(true);
  });
});

describe("what a page says of a person", () => {
  const identify = (data: unknown) => parseEvent({ event_type: "identify", data });
  const traits = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, 1]));
  /** One trait of so many characters of JSON. */
  const long = (units: number) => ({ a: "x".repeat(units - '{"a":""}'.length) });

  it("may be so many traits of so many characters, and no more", () => {
    expect(identify(traits(MAX_TRAITS)).ok).toBe(true);
    expect(identify(long(MAX_TRAITS_UNITS)).ok).toBe(true);
    for (const data of [traits(MAX_TRAITS + 1), long(MAX_TRAITS_UNITS + 1)]) {
      expect(identify(data)).toEqual({
        ok: false,
        refusal: {
          code: "traits_too_large",
          detail: `data: at most ${MAX_TRAITS} traits in ${MAX_TRAITS_UNITS} characters of JSON`,
        },
      });
    }
  });

  it("is bounded for events that need the schema as well", () => {
    expect(parseEvent({ event_type: "identify", data: traits(MAX_TRAITS + 1), more: 1 })).toMatchObject({ ok: false });
    expect(parseEvent({ event_type: "identify", data: traits(1), more: 1 })).toMatchObject({ ok: true });
  });

  it("may be nothing, and other events have no such bound", () => {
    expect(identify(null).ok).toBe(true);
    expect(identify(undefined).ok).toBe(true);
    expect(parseEvent(event({ data: traits(MAX_TRAITS + 1) })).ok).toBe(true);
  });
});

describe("an error of a schema", () => {
  it("is told by its path and message, the first twenty of them", () => {
    const many = z.array(z.object({ n: z.number() })).safeParse(Array.from({ length: 30 }, () => ({ n: "x" })));
    const told = many.error ? describeError(many.error) : [];
    expect(told).toHaveLength(20);
    expect(told[7]).toEqual({ path: "7.n", message: expect.stringContaining("number") });
  });
});
