import fc from "fast-check";
import { expect, it } from "vitest";
import { EventInput, isPlainEvent } from "../../src/protocol/events";
import { Envelope, isPlainEnvelope } from "../../src/protocol/track";
import { cases } from "../support/scale";

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("", "click", "shop.buy", "BAD", "a".repeat(64), "a".repeat(65), "x".repeat(513)),
);
const url = fc.oneof(
  fc.webUrl(),
  fc.constantFrom(
    "https://shop.example/",
    "HTTP://a",
    "http://",
    "javascript:alert(1)",
    "https:// a",
    `https://a/${"b".repeat(2_048)}`,
  ),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    100,
    100.1,
    -1,
    33_554_432,
    33_554_433,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_VALUE,
  ),
);
const anything = fc.oneof(text, url, number, fc.boolean(), fc.constant(null), fc.array(fc.integer()), fc.object());

/**
 * Mostly good, each field now and then anything at all, the edges above included: an event has eight of them, and
 * it takes one that is bad for the whole to be.
 */
const or = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: anything });
const time = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const coordinate = fc.oneof(fc.double({ min: -33_554_432, max: 33_554_432, noNaN: true }), fc.constantFrom(0, -0));
const percent = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 100));
const short = fc.oneof(fc.string({ maxLength: 512 }), fc.constantFrom("", "x".repeat(512)));

const known = fc.record(
  {
    event_type: or(fc.constantFrom("click", "page_view", "shop.buy", "constructor", "a_1.b")),
    timestamp: or(time),
    page: or(fc.webUrl()),
    x: or(coordinate),
    y: or(coordinate),
    element: or(short),
    scroll_percent: or(percent),
    data: or(fc.dictionary(fc.string(), fc.jsonValue())),
  },
  { requiredKeys: ["event_type"] },
);
const event = fc.oneof(
  { weight: 5, arbitrary: known },
  known.map((fields) => ({ ...fields, other: 1 })),
  anything,
);

/** JSON can hold such a key; the schema leaves it out. */
const proto = { event_type: "click", data: JSON.parse('{"__proto__": [], "a": 1}') };

it("takes without the schema only events that the schema takes, and takes the same", () => {
  let plain = 0;
  fc.assert(
    fc.property(event, (raw) => {
      if (!isPlainEvent(raw)) return;
      plain += 1;
      expect(EventInput.safeParse(raw)).toEqual({ success: true, data: raw });
    }),
    { numRuns: cases(5_000), examples: [[proto]] },
  );
  expect(plain).toBeGreaterThan(100);
});

it("leaves to the schema no event of known fields that the schema takes as it is", () => {
  fc.assert(
    fc.property(known, (raw) => {
      // Some of the objects are of no prototype.
      const changed = typeof raw.data === "object" && raw.data !== null && Object.hasOwn(raw.data, "__proto__");
      expect(isPlainEvent(raw)).toBe(EventInput.safeParse(raw).success && !changed);
    }),
    { numRuns: cases(5_000), examples: [[proto]] },
  );
});

const fields = {
  session_id: or(fc.uuid().map((id) => (id.startsWith("0") ? id.toUpperCase() : id))),
  site: or(fc.constantFrom("default", "Shop.1", "a_b", "-")),
  stream: or(fc.constantFrom("p1", "k3f9a2bq", "a_b", "server")),
  first: or(fc.integer({ min: 0, max: 1_000 })),
  sent_at: or(time),
  events: or(fc.array(fc.constant({}), { maxLength: 4 })),
};
const requiredKeys: ("session_id" | "events")[] = ["session_id", "events"];
const envelope = fc.oneof(
  fc.record(fields, { requiredKeys }),
  fc.record({ ...fields, end: or(fc.constant({})) }, { requiredKeys }),
);

it("takes without the schema only envelopes that the schema takes, and takes the same", () => {
  let plain = 0;
  fc.assert(
    fc.property(envelope, (raw) => {
      if (!isPlainEnvelope(raw)) return;
      plain += 1;
      expect(Envelope.safeParse(raw)).toEqual({ success: true, data: raw });
    }),
    { numRuns: cases(5_000) },
  );
  expect(plain).toBeGreaterThan(100);
});
