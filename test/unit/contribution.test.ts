import { describe, expect, it } from "vitest";
import { addDuration, type Durations, medianOf } from "../../src/core/rollup/durations";
import { type Facts, PARTS } from "../../src/core/rollup/session-facts";
import { countSketch, placeIn } from "../../src/core/rollup/sketch";
import {
  addSession,
  contributionOf,
  cutBreakdown,
  mergeSlice,
  newSlice,
  writeSlice,
} from "../../src/core/rollup/slice";

const facts = (more: Partial<Facts> = {}): Facts => ({
  site: "a",
  visitor_id: "v",
  started_at: 1_000,
  last_event_at: 6_000,
  country: "DE",
  label: "human",
  engagement: 45,
  bot: 0,
  vpn: null,
  risk: null,
  events: 2,
  source: "direct",
  channel: "direct",
  campaign: null,
  medium: null,
  term: null,
  content: null,
  referrer: null,
  region: null,
  browser: null,
  os: null,
  device: "desktop",
  page_views: 1,
  engaged_ms: 0,
  scroll: 0,
  entry: "/",
  views: { "/": 1 },
  counts: { click: 2 },
  expected: 2,
  missing: 0,
  implausible: 0,
  leads: 0,
  lead_submits: 0,
  rules: [],
  bot_name: null,
  bot_kind: null,
  bot_proof: null,
  ...more,
});

describe("what a session adds to a slice", () => {
  it("is its sums, its length, its visitor and its parts", () => {
    const contribution = contributionOf(facts());
    expect(contribution).toMatchObject({ duration: 5_000, visitor: placeIn("v") });
    expect(contribution.parts.map(([part]) => part)).toEqual([...PARTS]);
    expect(contributionOf(facts(), ["type"]).parts).toEqual([["type", [["click", [2, 1]]]]]);
    expect(contributionOf(facts({ visitor_id: null })).visitor).toBeNull();
  });

  it("is added up over sessions, a visitor once", () => {
    const slice = newSlice();
    for (const one of [facts(), facts({ country: "FR" }), facts({ visitor_id: null })]) {
      addSession(slice, contributionOf(one, ["country", "campaign"]));
    }
    expect(slice.totals.slice(0, 2)).toEqual([3, 6]);
    expect([...slice.durations]).toEqual([[50, 3]]);
    expect(countSketch(slice.sketch)).toBe(1);
    expect([...slice.parts.keys()]).toEqual(["country", "campaign"]);
    expect([...(slice.parts.get("country")?.values ?? [])].map(([value, [n]]) => [value, n])).toEqual([
      ["DE", 2],
      ["FR", 1],
    ]);
    expect(slice.parts.get("campaign")).toEqual({ values: new Map(), other: null, hidden: 0 });
  });

  it("merges with what others have added: sums, lengths and visitors", () => {
    const [into, from] = [newSlice(), newSlice()];
    addSession(into, contributionOf(facts()));
    addSession(from, contributionOf(facts({ visitor_id: "w", last_event_at: 1_000 })));
    mergeSlice(into, from);
    expect(into.totals[0]).toBe(2);
    expect([...into.durations]).toEqual([
      [50, 1],
      [0, 1],
    ]);
    expect(countSketch(into.sketch)).toBe(2);
  });

  it("is stored part by part, each value with its sums, the rest, and what may be hidden", () => {
    const slice = newSlice();
    addSession(slice, contributionOf(facts(), ["type", "campaign"]));
    const { totals, parts } = writeSlice(slice);
    expect(JSON.parse(parts)).toEqual({ type: [[["click", 2, 1]], null, 0], campaign: [[], null, 0] });
    expect(JSON.parse(totals)).toEqual([slice.totals, [50, 1]]);
  });

  it("and is past what fits is summed up, be it nothing", () => {
    const values = new Map([
      ["a", [2]],
      ["b", []],
    ]);
    expect(cutBreakdown({ values, other: null, hidden: 0 }, 1)).toEqual({
      values: new Map([["a", [2]]]),
      other: [],
      hidden: 0,
    });
  });
});

describe("a duration's step", () => {
  const stepOf = (ms: number): number => {
    const durations: Durations = new Map();
    addDuration(durations, ms);
    return [...durations.keys()][0] ?? -1;
  };

  it.each([
    [-1, 0],
    [0, 0],
    [99, 0],
    [100, 1],
    [3_199, 31],
    // From here on a step is two tenths, then four, and so on.
    [3_200, 32],
    [3_399, 32],
    [3_400, 34],
    [6_399, 62],
    [6_400, 64],
    [6_799, 64],
    [6_800, 68],
  ])("of %i ms begins at %i tenths of a second", (ms, step) => {
    expect(stepOf(ms)).toBe(step);
  });

  it.each([
    [31, 3_100],
    [32, 3_250],
    [64, 6_550],
  ])("that begins at %i tenths is read as its middle, %i ms", (step, ms) => {
    expect(medianOf(new Map([[step, 1]]))).toBe(ms);
  });

  it("is the median's when half of all durations are reached, in whatever order they are stored", () => {
    expect(
      medianOf(
        new Map([
          [9, 2],
          [1, 1],
          [5, 1],
        ]),
      ),
    ).toBe(500);
    expect(
      medianOf(
        new Map([
          [9, 3],
          [1, 1],
          [5, 1],
        ]),
      ),
    ).toBe(900);
  });
});
