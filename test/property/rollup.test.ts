import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DayBuilder } from "../../src/core/rollup/build";
import { addDuration, type Durations, medianOf, mergeDurations } from "../../src/core/rollup/durations";
import { type Hours, mergeHours, visitorsWithin } from "../../src/core/rollup/hours";
import { planRange } from "../../src/core/rollup/plan";
import type { Facts } from "../../src/core/rollup/session-facts";
import {
  addToSketch,
  countSketch,
  mergeWritten,
  newSketch,
  SKETCH_ERROR,
  writeSketch,
} from "../../src/core/rollup/sketch";
import { localDays } from "../../src/protocol/zone";
import { cases } from "../support/scale";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BASE = Date.UTC(2031, 2, 1);

const factsAt = (started_at: number, visitor_id: string, isBot = false): Facts => ({
  site: "default",
  visitor_id,
  started_at,
  last_event_at: started_at + 1_000,
  country: "DE",
  label: isBot ? "bot" : "human",
  engagement: 50,
  bot: isBot ? 90 : 0,
  vpn: 0,
  risk: 0,
  events: 1,
  source: "direct",
  campaign: null,
  device: "desktop",
  page_views: 1,
  engaged_ms: 0,
  scroll: 0,
  entry: "https://a.example/",
  channel: "direct",
  medium: null,
  term: null,
  content: null,
  leads: 0,
  lead_submits: 0,
  rules: [],
  referrer: null,
  region: null,
  browser: null,
  os: null,
  bot_name: null,
  bot_kind: null,
  bot_proof: null,
  views: { "https://a.example/": 1 },
  counts: { page_view: 1 },
  expected: 1,
  missing: 0,
  implausible: 0,
});

describe("visitors of a window", () => {
  it("are exact for any window of up to 25 whole hours across days, of people, bots and both", () => {
    const visit = fc.record({
      hour: fc.integer({ min: -30, max: 71 }),
      visitor: fc.integer({ min: 0, max: 5 }),
      isBot: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(visit, { maxLength: 60 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 25 }),
        (visits, first, length) => {
          const all = visits
            .map(({ hour, visitor, isBot }) => factsAt(BASE + hour * HOUR + 1, `v${visitor}`, isBot))
            .sort((a, b) => a.started_at - b.started_at);
          const hours: [Hours, Hours] = [new Map(), new Map()];
          for (const day of [BASE, BASE + DAY, BASE + 2 * DAY]) {
            const builder = new DayBuilder(day);
            for (const facts of all) {
              if (facts.started_at >= day - 25 * HOUR && facts.started_at < day + DAY) builder.add(facts);
            }
            for (const row of builder.rows()) if (row.dimension === "") mergeHours(hours[row.is_bot], day, row.hours);
          }
          const from = BASE + first * HOUR;
          const to = Math.min(from + length * HOUR, BASE + 3 * DAY);
          const within = all.filter(({ started_at }) => started_at >= from && started_at < to);
          const distinct = (those: Facts[]) => new Set(those.map(({ visitor_id }) => visitor_id)).size;
          const [people, bots] = hours;
          const ofPeople = visitorsWithin(people, from, to, "gaps");
          const ofBots = visitorsWithin(bots, from, to, "gaps");
          expect(ofPeople).toBe(distinct(within.filter(({ label }) => label !== "bot")));
          expect(ofBots).toBe(distinct(within.filter(({ label }) => label === "bot")));
          expect(ofPeople + ofBots + visitorsWithin(bots, from, to, "both")).toBe(distinct(within));
        },
      ),
      { numRuns: cases(300) },
    );
  });
});

describe("a sketch", () => {
  it.each([1, 10, 300, 4_000, 40_000, 300_000])("of %i visitors is within four standard errors", (count) => {
    const sketch = newSketch();
    for (let i = 0; i < count; i++) addToSketch(sketch, crypto.randomUUID());
    expect(Math.abs(countSketch(sketch) - count)).toBeLessThanOrEqual(Math.max(1, 4 * SKETCH_ERROR * count));
  });

  it("written and merged is the sketch of both", () => {
    for (const size of [0, 3, 900, 30_000]) {
      const [a, both, merged] = [newSketch(), newSketch(), newSketch()];
      for (let i = 0; i < size; i++) {
        addToSketch(i % 2 ? a : merged, `v${i}`);
        addToSketch(both, `v${i}`);
      }
      const text = writeSketch(a);
      expect(text.length).toBeLessThanOrEqual(4_096);
      mergeWritten(merged, text);
      mergeWritten(merged, text);
      expect([...merged]).toEqual([...both]);
    }
  });

  const REGISTERS = 4_096;
  const RANK = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    fc.integer({ min: 0, max: 33 }),
    fc.integer({ min: 1, max: 9 }),
  );

  it("is read as it was written, however full it is and whatever its ranks, in at most a digit a register", () => {
    const written = fc.array(fc.tuple(fc.nat(REGISTERS - 1), fc.integer({ min: 1, max: 33 })), { maxLength: 3_000 });
    const full = fc.array(RANK, { minLength: REGISTERS, maxLength: REGISTERS });
    const sketches = fc.oneof(
      written.map((places) => {
        const sketch = newSketch();
        for (const [index, rank] of places) sketch[index] = rank;
        return sketch;
      }),
      full.map((ranks) => Uint8Array.from(ranks)),
    );
    fc.assert(
      fc.property(sketches, (sketch) => {
        const text = writeSketch(sketch);
        expect(text.length).toBeLessThanOrEqual(REGISTERS);
        const read = newSketch();
        mergeWritten(read, text);
        expect([...read]).toEqual([...sketch]);
      }),
    );
  });

  it("of an ordinary day is less than half of a digit a register, and is read in the forms it had before", () => {
    const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    const sketch = newSketch();
    for (let i = 0; i < 2_000; i++) addToSketch(sketch, `v${i}`);
    expect(writeSketch(sketch).length).toBeLessThan(REGISTERS / 2);
    const dense = Array.from(sketch, (rank) => DIGITS[rank]).join("");
    const sparse = Array.from(sketch, (rank, i) =>
      rank ? `${DIGITS[i >> 6]}${DIGITS[i & 63]}${DIGITS[rank]}` : "",
    ).join("");
    for (const text of [dense, sparse]) {
      const read = newSketch();
      mergeWritten(read, text);
      expect([...read]).toEqual([...sketch]);
    }
  });
});

it("a median is within 3.2 % and 0.1 s of the true one, however durations are split up and merged", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 90_000_000 }), { minLength: 1 }), fc.nat(10), (all, split) => {
      const [a, b]: [Durations, Durations] = [new Map(), new Map()];
      all.forEach((ms, i) => {
        addDuration(i % 11 < split ? a : b, ms);
      });
      mergeDurations(a, b);
      const true_ = [...all].sort((x, y) => x - y)[Math.ceil(all.length / 2) - 1] ?? 0;
      expect(Math.abs((medianOf(a) ?? 0) - true_)).toBeLessThanOrEqual(true_ * 0.032 + 100);
    }),
  );
});

it("a plan covers every instant of its range once, and uses nothing that is marked or open", () => {
  const HOURS = 24 * 6;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: HOURS * HOUR - 2 }),
      fc.integer({ min: 1, max: HOURS * HOUR }),
      fc.nat(HOURS),
      fc.array(fc.nat(HOURS)),
      fc.boolean(),
      (start, length, closed, marks, useHours) => {
        const markedHours = new Set(marks.map((hour) => BASE + hour * HOUR));
        const markedDays = new Set(marks.map((hour) => Math.floor((BASE + hour * HOUR) / DAY) * DAY));
        const hours_through = BASE + closed * HOUR;
        const days_through = Math.floor(hours_through / DAY) * DAY;
        const range = { from: BASE + start, to: BASE + start + length };
        const plan = planRange(range, { hours_through, days_through, markedHours, markedDays }, useHours);
        const pieces = [
          ...plan.days.map((from) => ({ from, to: from + DAY })),
          ...plan.hours.map((from) => ({ from, to: from + HOUR })),
          ...plan.rows,
        ].sort((a, b) => a.from - b.from);
        expect(pieces[0]?.from).toBe(range.from);
        expect(pieces.at(-1)?.to).toBe(range.to);
        for (let i = 1; i < pieces.length; i++) expect(pieces[i]?.from).toBe(pieces[i - 1]?.to);
        expect(plan.days.every((day) => day < days_through && !markedDays.has(day))).toBe(true);
        expect(plan.hours.every((hour) => useHours && hour < hours_through && !markedHours.has(hour))).toBe(true);
      },
    ),
  );
});

describe("local days", () => {
  it("have 23 and 25 hours where clocks change, and end on a quarter hour anywhere", () => {
    const range = { from: Date.UTC(2026, 2, 27), to: Date.UTC(2026, 2, 31) };
    const hours = localDays(range, "Europe/Berlin").map(({ date, from, to }) => [date, (to - from) / HOUR]);
    expect(hours).toEqual([
      ["2026-03-27", 23],
      ["2026-03-28", 24],
      ["2026-03-29", 23],
      ["2026-03-30", 24],
      ["2026-03-31", 2],
    ]);
    const autumn = localDays({ from: Date.UTC(2026, 9, 23, 22), to: Date.UTC(2026, 9, 26, 23) }, "Europe/Berlin");
    expect(autumn.map(({ from, to }) => (to - from) / HOUR)).toEqual([24, 25, 24]);
    const [, nepal] = localDays({ from: BASE, to: BASE + 2 * DAY }, "Asia/Kathmandu");
    expect(nepal?.from).toBe(BASE + 18.25 * HOUR);
  });

  it("cover their range without a hole in every zone", () => {
    for (const zone of [
      "UTC",
      "America/Los_Angeles",
      "Asia/Kolkata",
      "Pacific/Apia",
      "Africa/Monrovia",
      "Australia/Lord_Howe",
    ]) {
      const range = { from: BASE + 1_234_567, to: BASE + 40 * DAY + 77 };
      const days = localDays(range, zone);
      expect([days[0]?.from, days.at(-1)?.to]).toEqual([range.from, range.to]);
      for (let i = 1; i < days.length; i++) expect(days[i]?.from).toBe(days[i - 1]?.to);
      expect(new Set(days.map(({ date }) => date)).size).toBe(days.length);
    }
  });
});
