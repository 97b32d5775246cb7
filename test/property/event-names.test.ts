import fc from "fast-check";
import { expect, it } from "vitest";
import { freeName, isEventName, isMade, readName } from "../../src/protocol/event-name";
import { EventInput, isPlainEvent } from "../../src/protocol/events";
import { BUILT_IN_TYPES } from "../../src/protocol/types";
import { cases } from "../support/scale";

const SLUG = /^[a-z][a-z0-9_.]{0,63}$/;

const word = fc.constantFrom(
  ...BUILT_IN_TYPES,
  "Cart",
  "Page View",
  "CLICK",
  "购物车",
  "é",
  "e\u0301",
  "ſ",
  "K",
  "İ",
  "🛒",
);
const made = fc.stringMatching(/^[a-z][a-z0-9_.]{0,51}\.x[0-9a-f]{10}$/);
const raw = fc.oneof(
  fc.string({ unit: "binary", maxLength: 70 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ maxLength: 70 }),
  fc.tuple(word, fc.constantFrom("", " ", "_", "."), word).map((parts) => parts.join("")),
  fc.stringMatching(SLUG),
  made,
);
const name = raw.filter(isEventName);

it("two names never share a slug, and every slug is one that D1 and all that counts take", () => {
  const names = new Map<string, string>();
  fc.assert(
    fc.property(name, (text) => {
      const { event_type, name: kept = event_type } = readName(text);
      expect(event_type).toMatch(SLUG);
      expect(names.get(event_type) ?? kept).toBe(kept);
      names.set(event_type, kept);
    }),
    { numRuns: cases(20_000) },
  );
});

it("names that a program counts up, in any script, do not share one either", () => {
  const slugs = new Set<string>();
  const forms = [
    (n: number) => `Step ${n}`,
    (n: number) => `第${n}步`,
    (n: number) => String.fromCodePoint(0x4e00 + n),
  ];
  for (const form of forms) for (let n = 0; n < 20_000; n++) slugs.add(readName(form(n)).event_type);
  expect(slugs.size).toBe(forms.length * 20_000);
});

it("no name but a built-in type's own is counted as one", () => {
  fc.assert(
    fc.property(name, (text) => {
      const { event_type, name: free } = readName(text);
      expect(BUILT_IN_TYPES.has(event_type)).toBe(BUILT_IN_TYPES.has(text.trim()));
      expect(free !== undefined).toBe(isMade(event_type));
    }),
    { numRuns: cases(10_000), examples: [["Page View"], ["click "]] },
  );
});

it("a slug stays as it is, and a name read again is the same", () => {
  fc.assert(
    fc.property(name, (text) => {
      const read = readName(text);
      if (SLUG.test(text) && !isMade(text)) expect(read).toEqual({ event_type: text });
      expect(readName(read.name ?? read.event_type)).toEqual(read);
      if (read.name !== undefined) expect(freeName(read.name)).toEqual(read);
    }),
    { numRuns: cases(10_000) },
  );
});

it("the quick check and the schema agree on what is a name", () => {
  fc.assert(
    fc.property(raw, (event_type) => {
      expect(isPlainEvent({ event_type })).toBe(EventInput.safeParse({ event_type }).success);
    }),
    { numRuns: cases(5_000) },
  );
});
