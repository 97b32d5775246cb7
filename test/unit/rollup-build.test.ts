import { describe, expect, it } from "vitest";
import { DayBuilder, type DayRow, HourBuilder } from "../../src/core/rollup/build";
import { type Hours, mergeHours } from "../../src/core/rollup/hours";
import { ROLLUP_TOP } from "../../src/core/rollup/limits";
import { DIMENSIONS, type Facts, TOTALS } from "../../src/core/rollup/session-facts";
import { countSketch } from "../../src/core/rollup/sketch";
import { mergeStored, newSlice } from "../../src/core/rollup/slice";

const HOUR = 3_600_000;
const BASE = Date.UTC(2026, 10, 29);
const HOME = "https://a.example/";

const facts = (hour: number, visitor_id: string | null, more: Partial<Facts> = {}): Facts => ({
  site: "a",
  visitor_id,
  started_at: BASE + hour * HOUR,
  last_event_at: BASE + hour * HOUR + 1_000,
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
  entry: HOME,
  views: { [HOME]: 1 },
  counts: { click: 1 },
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
const bot = (hour: number, visitor: string) => facts(hour, visitor, { label: "bot" });

const sumOf = (row: { totals: string } | undefined, name: (typeof TOTALS)[number]): number => {
  const slice = newSlice();
  if (row) mergeStored(slice, row);
  return slice.totals[TOTALS.indexOf(name)] ?? 0;
};
const find = (rows: DayRow[], dimension: string, value: string, is_bot = 0) =>
  rows.find((row) => row.dimension === dimension && row.value === value && row.is_bot === is_bot);

/** A day's rows of some sessions, in the order of their start. */
function rowsOf(sessions: Facts[]): DayRow[] {
  const builder = new DayBuilder(BASE);
  for (const one of sessions) builder.add(one);
  return builder.rows();
}

const hoursOf = (row: DayRow | undefined): Hours => {
  const hours: Hours = new Map();
  if (row) mergeHours(hours, BASE, row.hours);
  return hours;
};
const gapsAt = (row: DayRow | undefined, hour: number) => [...(hoursOf(row).get(BASE + hour * HOUR)?.gaps ?? [])];
const bothAt = (row: DayRow | undefined, hour: number) => [...(hoursOf(row).get(BASE + hour * HOUR)?.both ?? [])];

describe("an hour's rows", () => {
  it("are one for each site and class, with its sessions and leads", () => {
    const builder = new HourBuilder();
    for (const one of [facts(0, "v"), facts(0.5, "w"), bot(0, "v"), facts(0, "v", { site: "b" })]) builder.add(one);
    builder.addLead({ site: "a", at: BASE, label: null });
    builder.addLead({ site: "c", at: BASE, label: "bot" });
    const rows = builder.rows();
    expect(rows.map((row) => [row.site, row.is_bot, sumOf(row, "sessions"), sumOf(row, "leads")])).toEqual([
      ["a", 0, 2, 1],
      ["a", 1, 1, 0],
      ["b", 0, 1, 0],
      ["c", 1, 0, 1],
    ]);
    const slice = newSlice();
    mergeStored(slice, rows[0] ?? { totals: "[[],[]]" });
    expect(countSketch(slice.sketch)).toBe(2);
    expect(slice.parts.get("country")?.values).toEqual(new Map([["DE", [2, 4, 2, 2, 0, 0]]]));
  });

  it("are none where nothing was", () => {
    expect(new HourBuilder().rows()).toEqual([]);
  });
});

describe("a day's rows", () => {
  it("are one for all sessions, one for each value, and one for each range of a score, by class", () => {
    const rows = rowsOf([facts(1, "v", { campaign: "spring" }), bot(2, "w")]);
    const people = rows.filter(({ is_bot }) => is_bot === 0).map(({ dimension, value }) => `${dimension} ${value}`);
    expect(people).toEqual(
      expect.arrayContaining([" ", "country DE", `page ${HOME}`, "source direct", "campaign spring", "device desktop"]),
    );
    expect(people).toEqual(expect.arrayContaining(["label human", "engagement 4", "engagement 4+", "engagement 4-"]));
    expect(people).toEqual(expect.arrayContaining(["bot 0", "bot 0-", "vpn ", "risk "]));
    expect(people).not.toContain("campaign ");
    expect(people).not.toContain("engagement 5+");
    expect(find(rows, "label", "bot", 1)?.site).toBe("a");
    expect(find(rows, "label", "bot", 0)).toBeUndefined();
    // Of a range only its visitors are asked: what it is made of is in its bands.
    expect(find(rows, "engagement", "4+")?.parts).toBe("{}");
    expect(find(rows, "engagement", "4")?.parts).not.toBe("{}");
  });

  it("hold the sessions of the day from its first to its last instant", () => {
    const rows = rowsOf([facts(-0.001, "v"), facts(0, "v"), facts(23.999, "v"), facts(24, "v")]);
    expect(sumOf(find(rows, "", ""), "sessions")).toBe(2);
    expect([...hoursOf(find(rows, "", "")).keys()]).toEqual([BASE, BASE + 23 * HOUR]);
  });

  it("have their sums by the hour as well", () => {
    const all = find(rowsOf([facts(1, "v"), facts(1.5, "w"), facts(7, null)]), "", "");
    const sums = [...hoursOf(all)].map(([at, hour]) => [(at - BASE) / HOUR, hour.sums[0], hour.sums[1]]);
    expect(sums).toEqual([
      [1, 2, 4],
      [7, 1, 2],
    ]);
  });

  it("keep sites apart", () => {
    const rows = rowsOf([facts(1, "v"), facts(1, "v", { site: "b" })]);
    expect(rows.filter(({ dimension }) => dimension === "").map(({ site }) => site)).toEqual(["a", "b"]);
  });

  it("count leads whose session is not there, and nothing else of them", () => {
    const builder = new DayBuilder(BASE);
    builder.addLead({ site: "a", at: BASE + 3 * HOUR, label: "human" });
    builder.addLead({ site: "a", at: BASE + 4 * HOUR, label: "bot" });
    const rows = builder.rows();
    expect(rows.map((row) => [row.is_bot, sumOf(row, "leads"), sumOf(row, "sessions")])).toEqual([
      [0, 1, 0],
      [1, 1, 0],
    ]);
    expect(hoursOf(rows[0]).get(BASE + 3 * HOUR)?.sums[TOTALS.indexOf("leads")]).toBe(1);
  });
});

describe("a day's visitors", () => {
  it("are counted by the hours since they were last here, the day before too", () => {
    const all = find(rowsOf([facts(-24, "u"), facts(-2, "v"), facts(1, "v"), facts(1, "w"), facts(5, "w")]), "", "");
    expect(gapsAt(all, 1)).toEqual([
      [3, 1],
      [0, 1],
    ]);
    expect(gapsAt(all, 5)).toEqual([[4, 1]]);
  });

  it("are counted once an hour, and not at all where nobody is known", () => {
    const all = find(rowsOf([facts(1, "v"), facts(1.2, "v"), facts(1.9, "v"), facts(1, null)]), "", "");
    expect(gapsAt(all, 1)).toEqual([[0, 1]]);
  });

  it("who were last here 25 hours ago are known again, and those of 26 hours ago are new", () => {
    const all = find(rowsOf([facts(-25, "u"), facts(-25, "v"), facts(0, "v"), facts(1, "u")]), "", "");
    expect(gapsAt(all, 0)).toEqual([[25, 1]]);
    expect(gapsAt(all, 1)).toEqual([[0, 1]]);
  });

  it("who are seen as people and as bots are noted with the bots: together there is one", () => {
    const rows = rowsOf([facts(1, "v"), bot(1, "v"), facts(3, "w"), bot(4, "w"), bot(6, "x")]);
    const bots = find(rows, "", "", 1);
    expect(bothAt(find(rows, "", ""), 1)).toEqual([]);
    // In the first hour each class has the visitor as new, and together there is one new one.
    expect(bothAt(bots, 1)).toEqual([[0, -1]]);
    // As a bot this one is new; for both it was here an hour ago.
    expect(bothAt(bots, 4)).toEqual([
      [1, 1],
      [0, -1],
    ]);
    expect(bothAt(bots, 6)).toEqual([]);
  });
});

describe("a dimension of many values", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => facts(1, `v${i}`, { country: `c${String(i).padStart(3, "0")}` }));
  const countries = (rows: DayRow[]) =>
    rows.filter(({ dimension }) => dimension === "country").map(({ value }) => value);

  it("has a row for each as long as they are no more than fit", () => {
    const rows = rowsOf(many(ROLLUP_TOP));
    expect(countries(rows)).toHaveLength(ROLLUP_TOP);
    expect(find(rows, "", "")?.overflow).toBeNull();
  });

  it("has rows for those with the most sessions, by name among equals, and the day says that there are more", () => {
    const rows = rowsOf([...many(ROLLUP_TOP + 1), facts(2, "u", { country: "c100" })]);
    const kept = countries(rows);
    expect(kept).toHaveLength(ROLLUP_TOP);
    expect(kept).toContain("c100");
    expect(kept).toContain("c098");
    expect(kept).not.toContain("c099");
    expect(find(rows, "", "")?.overflow).toBe('["country"]');
    expect(find(rows, "label", "human")?.overflow).toBeNull();
    expect(DIMENSIONS).toContain("country");
  });

  it("ranks by the sessions of people and bots together", () => {
    const two = [facts(1, "u", { country: "zz" }), facts(2, "u", { country: "zz", label: "bot" })];
    const kept = countries(rowsOf([...many(ROLLUP_TOP), ...two]));
    expect(kept.filter((value) => value === "zz")).toHaveLength(2);
    expect(kept).not.toContain("c099");
  });

  it("has no row, and no place, for what only the day before had", () => {
    const before = Array.from({ length: 5 }, (_, i) => facts(-3, `u${i}`, { country: `b${i}` }));
    const rows = rowsOf([...before, ...many(ROLLUP_TOP)]);
    expect(countries(rows)).toEqual(many(ROLLUP_TOP).map(({ country }) => country));
    expect(find(rows, "", "")?.overflow).toBeNull();
  });

  it("is cut for each site by itself", () => {
    const rows = rowsOf([...many(ROLLUP_TOP + 1), facts(1, "v", { site: "b" })]);
    const overflow = rows.filter(({ dimension }) => dimension === "").map((row) => [row.site, row.overflow]);
    expect(overflow).toEqual([
      ["a", '["country"]'],
      ["b", null],
    ]);
  });
});
