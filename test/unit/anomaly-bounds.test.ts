import { describe, expect, it } from "vitest";
import { findAnomalies, sumsByName } from "../../src/core/anomaly/find";
import { KINDS, type Sums } from "../../src/core/anomaly/kinds";
import { mad, median } from "../../src/core/anomaly/robust";
import { TOTALS, type Total } from "../../src/core/rollup/session-facts";
import { WEEK_MS } from "../../src/limits";
import { HOUR_MS } from "../../src/time";

const AT = Date.UTC(2031, 2, 5, 12);

const named = (some: Partial<Record<Total, number>>) => sumsByName(TOTALS.map((name) => some[name] ?? 0));
const sumsOf = (
  people: Partial<Record<Total, number>>,
  { bots = {}, dead = 0 }: { bots?: Partial<Record<Total, number>>; dead?: number } = {},
): Sums => ({
  people: named(people),
  bots: named(bots),
  dead,
});

const sessions = (count: number) => sumsOf({ sessions: count });
const submits = (count: number) => sumsOf({ submits: count });
/** Bots make up the sum, so that it is no matter of how many there are. */
const vpn = (of: number, all: number) => sumsOf({ vpn: of, sessions: all }, { bots: { sessions: 1_000 - all } });
const missing = (of: number, all: number) => sumsOf({ missing: of, expected: all });
const dead = (count: number) => sumsOf({}, { dead: count });

/** Hours from `AT` on, each with what the same hour of the weeks before was. */
function knownOf(hours: readonly Sums[], weeks: readonly Sums[]): Map<number, Sums> {
  const known = new Map<number, Sums>();
  hours.forEach((now, i) => {
    known.set(AT + i * HOUR_MS, now);
    weeks.forEach((before, week) => {
      known.set(AT + i * HOUR_MS - (week + 1) * WEEK_MS, before);
    });
  });
  return known;
}

const alike = (sums: Sums, weeks = 8) => Array.from({ length: weeks }, () => sums);
const found = (now: Sums, usual: Sums | readonly Sums[]) =>
  findAnomalies(knownOf([now], Array.isArray(usual) ? usual : alike(usual as Sums)), AT, AT + HOUR_MS);

describe("an anomaly", () => {
  it.each<[string, string, Sums, Sums, Sums]>([
    ["a spike of 30 sessions and not of 29", "traffic_spike", sessions(4), sessions(29), sessions(30)],
    ["a spike 1.75 times the usual", "traffic_spike", sessions(100), sessions(174), sessions(175)],
    ["a spike beyond chance", "traffic_spike", sessions(16), sessions(35), sessions(36)],
    ["no form where 15 are usual, not where 14 are", "submission_drop", submits(15), submits(1), submits(0)],
    ["a third of the forms", "submission_drop", submits(90), submits(31), submits(30)],
    ["fewer forms than chance leaves", "submission_drop", submits(30), submits(10), submits(9)],
    ["VPNs in 40 sessions", "vpn_ratio", vpn(0, 40), vpn(39, 39), vpn(40, 40)],
    ["a tenth more VPNs", "vpn_ratio", vpn(0, 1_000), vpn(99, 1_000), vpn(100, 1_000)],
    ["more VPNs than chance makes of few sessions before", "vpn_ratio", vpn(50, 100), vpn(740, 1_000), vpn(750, 1_000)],
    ["more VPNs than chance makes of few sessions now", "vpn_ratio", vpn(500, 1_000), vpn(74, 100), vpn(75, 100)],
    ["2 % of the events missing", "completeness_drop", missing(0, 10_000), missing(199, 10_000), missing(200, 10_000)],
    ["5 dead letters", "dead_letters", dead(0), dead(4), dead(5)],
    ["5 dead letters more", "dead_letters", dead(1), dead(5), dead(6)],
  ])("is %s", (_, kind, usual, none, one) => {
    expect(found(none, usual)).toEqual([]);
    expect(found(one, usual).map((anomaly) => anomaly.kind)).toEqual([kind]);
  });

  it("is not made of too little that is usual", () => {
    expect(found(submits(0), submits(14))).toEqual([]);
    expect(found(missing(100, 200), missing(0, 199))).toEqual([]);
    expect(found(missing(100, 200), missing(0, 200))).toHaveLength(1);
    expect(found(missing(100, 100), missing(0, 200))).toHaveLength(1);
  });

  it("needs four weeks that are known", () => {
    expect(found(sessions(100), alike(sessions(4), 3))).toEqual([]);
    expect(found(sessions(100), alike(sessions(4), 4))).toMatchObject([{ samples: 4 }]);
    expect(found(sessions(100), alike(sessions(4), 9))).toMatchObject([{ samples: 8 }]);
  });

  it("says by how much it is one, to a tenth", () => {
    expect(found(sessions(100), sessions(16))).toEqual([
      {
        kind: "traffic_spike",
        at: AT,
        from: AT,
        to: AT + HOUR_MS,
        hours: 1,
        value: 100,
        median: 16,
        mad: 0,
        // 84 more, in units of 0.6745 times the square root of 16.
        deviation: 31.1,
        samples: 8,
      },
    ]);
    expect(found(submits(0), submits(25))).toMatchObject([{ deviation: -7.4, value: 0, median: 25 }]);
  });

  it("is one from 7.4 times what weeks differ by", () => {
    const weeks = [80, 80, 80, 80, 100, 100, 100, 100].map(sessions);
    expect(found(sessions(163), weeks)).toEqual([]);
    expect(found(sessions(164), weeks)).toMatchObject([{ median: 90, mad: 10, deviation: 7.4 }]);
  });

  it("is only to one side: fewer visitors, more forms, fewer VPNs and fewer losses are none", () => {
    expect(
      found(
        sumsOf({ submits: 500, expected: 1_000 }),
        sumsOf({ sessions: 500, vpn: 400, submits: 50, expected: 1_000, missing: 500 }, { dead: 50 }),
      ),
    ).toEqual([]);
  });
});

describe("hours", () => {
  const six = alike(sessions(100), 6);

  it("are judged whole, from the first that begins in the range to the last that ends in it", () => {
    const known = knownOf(six, alike(sessions(4)));
    const range = (from: number, to: number) =>
      findAnomalies(known, from, to).map((one) => [one.from - AT, one.to - AT]);
    expect(range(AT - 1, AT + HOUR_MS)).toEqual([[0, HOUR_MS]]);
    expect(range(AT + 1, AT + 2 * HOUR_MS)).toEqual([[HOUR_MS, 2 * HOUR_MS]]);
    expect(range(AT, AT + 2 * HOUR_MS - 1)).toEqual([[0, HOUR_MS]]);
    expect(range(AT, AT + HOUR_MS - 1)).toEqual([]);
  });

  it("in a row are one anomaly, told by the worst, the first among equals", () => {
    const hours = [100, 300, 200, 300].map(sessions);
    const known = knownOf(hours, alike(sessions(16)));
    expect(findAnomalies(known, AT, AT + 4 * HOUR_MS)).toMatchObject([
      { at: AT + HOUR_MS, from: AT, to: AT + 4 * HOUR_MS, value: 300 },
    ]);
  });

  it("in a row with too little are told by the least", () => {
    const known = knownOf([9, 0, 5].map(submits), alike(submits(30)));
    expect(findAnomalies(known, AT, AT + 3 * HOUR_MS)).toMatchObject([
      { at: AT + HOUR_MS, from: AT, to: AT + 3 * HOUR_MS, value: 0 },
    ]);
  });

  it("apart are anomalies of their own, the latest first, and by name where the hour is the same", () => {
    const both = sumsOf({ sessions: 100 }, { dead: 20 });
    const known = knownOf([both, sessions(4), both], alike(sessions(4)));
    expect(findAnomalies(known, AT, AT + 3 * HOUR_MS).map(({ kind, at }) => [kind, at - AT])).toEqual([
      ["dead_letters", 2 * HOUR_MS],
      ["traffic_spike", 2 * HOUR_MS],
      ["dead_letters", 0],
      ["traffic_spike", 0],
    ]);
  });
});

describe("a day's forms", () => {
  /** 23 hours before `AT`'s and that one, with `last` forms a week before in the last. */
  function day(last: number): Map<number, Sums> {
    const known = new Map<number, Sums>();
    for (let hour = 0; hour < 24; hour++) {
      const at = AT - hour * HOUR_MS;
      known.set(at, submits(0));
      for (let week = 1; week <= 8; week++) known.set(at - week * WEEK_MS, submits(hour === 0 ? last : 1));
    }
    return known;
  }

  it("that stay away are found where 25 are usual, though no hour has enough to tell", () => {
    expect(findAnomalies(day(1), AT, AT + HOUR_MS)).toEqual([]);
    expect(findAnomalies(day(2), AT, AT + HOUR_MS)).toMatchObject([
      { kind: "submission_drop", hours: 24, at: AT, from: AT, to: AT + HOUR_MS, value: 0, median: 25 },
    ]);
  });

  it.each([0, 23])("are not known where hour %i of them is not, and there is no more to a day", (hour) => {
    const known = day(2);
    known.delete(AT - 24 * HOUR_MS);
    expect(findAnomalies(known, AT, AT + HOUR_MS)).toHaveLength(1);
    known.delete(AT - hour * HOUR_MS);
    expect(findAnomalies(known, AT, AT + HOUR_MS)).toEqual([]);
  });
});

describe("what is measured", () => {
  const kind = (name: string, hours = 1) => {
    const one = KINDS.find((each) => each.name === name && each.hours === hours);
    if (!one) throw new Error(`no kind ${name}`);
    return one;
  };
  const sums = sumsOf(
    { sessions: 40, vpn: 10, submits: 7, expected: 200, missing: 50 },
    { bots: { sessions: 5 }, dead: 3 },
  );

  it.each([
    ["traffic_spike", 45, 45],
    ["submission_drop", 7, 7],
    ["vpn_ratio", 0.25, 40],
    ["completeness_drop", 0.75, 200],
    ["dead_letters", 3, 3],
  ])("for %s is %d, of %d", (name, value, weight) => {
    expect(kind(name).measure(sums)).toEqual({ value, weight });
  });

  it("of nothing is no share of VPNs, and all of the events", () => {
    expect(kind("vpn_ratio").measure(sumsOf({}))).toEqual({ value: 0, weight: 0 });
    expect(kind("completeness_drop").measure(sumsOf({}))).toEqual({ value: 1, weight: 0 });
    expect(kind("vpn_ratio").measure(vpn(1, 1)).value).toBe(1);
    expect(kind("completeness_drop").measure(missing(1, 1)).value).toBe(0);
  });

  it.each([
    ["traffic_spike", 100, 1, 6.745],
    ["traffic_spike", 0, 1, 0.6745],
    ["dead_letters", 4, 1, 1.349],
    ["vpn_ratio", 0.5, 100, 0.033725],
    ["vpn_ratio", 0, 100, 0.006745],
    ["vpn_ratio", 1, 100, 0.006745],
    ["completeness_drop", 0.8, 0, 0.2698],
  ])("for %s is, where %d is usual of %d, off by %d by chance", (name, usual, weight, off) => {
    expect(kind(name).chance(usual, weight)).toBeCloseTo(off, 10);
  });
});

describe("statistics", () => {
  it("order by number, and leave what they are given as it was", () => {
    const values = [100, 9, 20];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
    expect([median([5]), median([1, 2]), median([-10, -9, 100])]).toEqual([5, 1.5, -9]);
  });

  it("measure the spread to both sides", () => {
    expect([mad([1, 2, 30]), mad([5, 5, 5]), mad([-5, 0, 5, 10])]).toEqual([1, 0, 5]);
  });

  it("name sums by their place, nought where there is none", () => {
    expect(sumsByName([1, 2])).toEqual({
      ...Object.fromEntries(TOTALS.map((name) => [name, 0])),
      sessions: 1,
      events: 2,
    });
  });
});
