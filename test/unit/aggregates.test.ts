import { describe, expect, it } from "vitest";
import { TOTALS } from "../../src/core/rollup/session-facts";
import { newSlice, type Slice } from "../../src/core/rollup/slice";
import { crowdOf, exactly, hoursOf, windowVisitors } from "../../src/data/aggregates/collect";
import {
  engagementOf,
  figuresOf,
  pageSums,
  rankedPart,
  sessionSums,
  share,
  totalOf,
  typeSums,
} from "../../src/data/aggregates/figures";
import type { RolledRow } from "../../src/data/store/rollups";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const totals = (sums: Partial<Record<(typeof TOTALS)[number], number>>) => TOTALS.map((name) => sums[name] ?? 0);

describe("a share", () => {
  it.each([
    [0, 0, null],
    [5, 0, null],
    [1, -1, null],
    [0, 5, 0],
    [1, 1, 1],
    [1, 3, 0.3333],
    [2, 3, 0.6667],
    [1, 100_000, 0],
    [5, 100_000, 0.0001],
  ])("of %i in %i is %s, to four digits", (part, whole, quotient) => {
    expect(share(part, whole)).toBe(quotient);
  });
});

describe("figures", () => {
  it("are the sums by their names, with rates and averages of a session", () => {
    const sums = {
      sessions: 3,
      events: 10,
      page_views: 7,
      bounces: 1,
      engaged_ms: 1_000,
      expected: 12,
      missing: 2,
      leads: 4,
    };
    expect(figuresOf(totals(sums))).toEqual({
      sessions: 3,
      events: 10,
      page_views: 7,
      bounces: 1,
      bounce_rate: 0.3333,
      average_engaged_ms: 333,
      expected: 12,
      missing: 2,
      implausible_streams: 0,
      leads: 4,
    });
  });

  it("of nothing have no rate and no average, and of what was stored before a sum there is none", () => {
    expect(figuresOf([])).toMatchObject({ sessions: 0, bounce_rate: null, average_engaged_ms: null, leads: 0 });
    expect(totalOf([5, 6], "events")).toBe(6);
    expect(totalOf([5, 6], "leads")).toBe(0);
  });

  it("of a value are those of its sessions, with its share of all", () => {
    expect(sessionSums([2, 9, 5, 1, 3_001, 4], 8)).toEqual({
      sessions: 2,
      share: 0.25,
      events: 9,
      page_views: 5,
      bounces: 1,
      bounce_rate: 0.5,
      average_engaged_ms: 1_501,
      leads: 4,
    });
    expect(sessionSums([], 0)).toEqual({
      sessions: 0,
      share: null,
      events: 0,
      page_views: 0,
      bounces: 0,
      bounce_rate: null,
      average_engaged_ms: null,
      leads: 0,
    });
  });

  it("of a page have its bounces by its entries, those of a type its events and sessions", () => {
    expect(pageSums([9, 5, 4, 1])).toEqual({ views: 9, sessions: 5, entries: 4, bounces: 1, bounce_rate: 0.25 });
    expect(pageSums([])).toEqual({ views: 0, sessions: 0, entries: 0, bounces: 0, bounce_rate: null });
    expect(typeSums([7, 3])).toEqual({ events: 7, sessions: 3 });
    expect(typeSums([])).toEqual({ events: 0, sessions: 0 });
  });
});

describe("engagement", () => {
  const slice = (more: Partial<Slice> = {}): Slice => ({ ...newSlice(), ...more });

  it("is told in bands of ten, the last one up to 100, and one for those without a score", () => {
    const values = new Map([
      ["9", [2, 8, 6, 1, 100, 3]],
      ["", [1, 1, 1, 1, 0, 0]],
    ]);
    const told = engagementOf(
      slice({
        totals: totals({ sessions: 3, page_views: 7, scroll: 100, bounces: 2, engaged_ms: 100 }),
        durations: new Map([[1, 3]]),
        parts: new Map([["engagement", { values, other: null, hidden: 0 }]]),
      }),
    );
    expect(told).toMatchObject({
      sessions: 3,
      average_engaged_ms: 33,
      median_duration_ms: 100,
      average_scroll_percent: 33.3,
      pages_per_session: 2.33,
      bounce_rate: 0.6667,
    });
    expect(told.bands.map(({ from, to }) => [from, to])).toEqual([
      [0, 9],
      [10, 19],
      [20, 29],
      [30, 39],
      [40, 49],
      [50, 59],
      [60, 69],
      [70, 79],
      [80, 89],
      [90, 100],
      [null, null],
    ]);
    expect(told.bands.map(({ sessions }) => sessions)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1]);
    expect(told.bands[9]?.share).toBe(0.6667);
  });

  it("of nobody is not known", () => {
    const told = engagementOf(slice());
    expect(told).toMatchObject({
      sessions: 0,
      average_scroll_percent: null,
      pages_per_session: null,
      median_duration_ms: null,
    });
    expect(told.bands).toHaveLength(11);
  });

  it("and any breakdown is listed best first, with the rest and what it may hide", () => {
    const values = new Map([
      ["a", [1]],
      ["b", [5]],
    ]);
    const parts: Slice["parts"] = new Map([["country", { values, other: [7], hidden: 2 }]]);
    expect(rankedPart(slice({ parts }), "country")).toEqual({
      rows: [
        ["b", [5]],
        ["a", [1]],
      ],
      other: [7],
      hidden: 2,
    });
    expect(rankedPart(slice({ parts }), "page")).toEqual({ rows: [], other: null, hidden: 0 });
  });
});

describe("visitors of stored days", () => {
  const row = (more: Partial<RolledRow> = {}): RolledRow => ({
    period: 0,
    is_bot: 0,
    site: "a",
    value: "DE",
    totals: "[[],[]]",
    sketch: null,
    parts: null,
    hours: null,
    ...more,
  });

  it("are counted by the rows of the value that counts them, one a class", () => {
    const chosen = { dimension: "country", values: ["DE"], crowd: "DE" } as const;
    const [people, bots, other] = [row(), row({ is_bot: 1 }), row({ value: "FR" })];
    expect(crowdOf([people, bots, other], chosen)).toEqual([people, bots]);
    expect(crowdOf([people], chosen)).toEqual([people]);
    expect(crowdOf([], chosen)).toEqual([]);
    // Two sites have two rows of a class, and a visitor may be on both.
    expect(crowdOf([people, row()], chosen)).toBeNull();
    expect(crowdOf([other], chosen)).toBeNull();
    expect(crowdOf([people], null)).toBeNull();
  });

  it("are those of a window of hours, of either class or both", () => {
    const days = [
      row({ hours: "[[0,[1],[0,2]]]" }),
      row({ hours: "[[1,[1],[2,1]]]", period: DAY }),
      row({ hours: "[[1,[1],[0,3],[0,-1]]]", period: DAY, is_bot: 1 }),
      row({ hours: null }),
    ];
    const hours = hoursOf(days);
    expect(hours.map((one) => [...one.keys()])).toEqual([[0, DAY + HOUR], [DAY + HOUR]]);
    expect(windowVisitors(hours, 0, HOUR)).toEqual({ people: 2, bots: 0, all: 2 });
    expect(windowVisitors(hours, DAY, DAY + 2 * HOUR)).toEqual({ people: 1, bots: 3, all: 3 });
  });

  it("are exact, and of whom is asked for", () => {
    const count = { people: 5, bots: 3, all: 7 };
    expect(exactly(count, "include")).toEqual({ visitors: 7, visitors_error: 0 });
    expect(exactly(count, "only")).toEqual({ visitors: 3, visitors_error: 0 });
    expect(exactly(count, "exclude")).toEqual({ visitors: 5, visitors_error: 0 });
  });
});
