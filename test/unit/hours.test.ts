import { describe, expect, it } from "vitest";
import {
  count,
  type Hours,
  hourOf,
  LOOK_BACK_HOURS,
  mergeHours,
  visitorsWithin,
  writeHours,
} from "../../src/core/rollup/hours";
import { planRange, type ReadPlan } from "../../src/core/rollup/plan";
import { isZone, localDays } from "../../src/protocol/zone";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BASE = Date.UTC(2026, 10, 29);

/** Hours of the day with the gaps of their visitors. */
function hoursWith(gaps: Record<number, [gap: number, n: number][]>): Hours {
  const hours: Hours = new Map();
  for (const [hour, pairs] of Object.entries(gaps)) {
    for (const [gap, n] of pairs) count(hourOf(hours, BASE + Number(hour) * HOUR).gaps, gap, n);
  }
  return hours;
}

describe("an hour", () => {
  it("is one and the same for every instant in it, up to the next", () => {
    const hours: Hours = new Map();
    const hour = hourOf(hours, BASE);
    expect(hour).toEqual({ sums: [], gaps: new Map(), both: new Map() });
    expect(hourOf(hours, BASE + HOUR - 1)).toBe(hour);
    expect(hourOf(hours, BASE + HOUR)).not.toBe(hour);
    expect([...hours.keys()]).toEqual([BASE, BASE + HOUR]);
  });
});

describe("visitors of a window", () => {
  const hours = hoursWith({
    5: [[0, 2]],
    6: [
      [1, 1],
      [0, 4],
    ],
    8: [
      [2, 8],
      [3, 16],
      [4, 32],
    ],
  });
  const within = (from: number, to: number) => visitorsWithin(hours, BASE + from * HOUR, BASE + to * HOUR, "gaps");

  it("are those whose last hour lies before it", () => {
    expect(within(5, 6)).toBe(2);
    expect(within(5, 7)).toBe(2 + 4);
    expect(within(6, 7)).toBe(1 + 4);
    // Two hours before the eighth is the sixth: who was there is counted there already.
    expect(within(6, 9)).toBe(1 + 4 + 16 + 32);
    expect(within(5, 9)).toBe(2 + 4 + 32);
    expect(within(7, 9)).toBe(8 + 16 + 32);
  });

  it("are none where the window is empty, and where nothing is known", () => {
    expect(within(6, 6)).toBe(0);
    expect(within(10, 20)).toBe(0);
    expect(visitorsWithin(hours, BASE, BASE + DAY, "both")).toBe(0);
  });

  it("may look back as far as the longest day", () => {
    expect(LOOK_BACK_HOURS).toBe(25);
  });
});

describe("a day's hours", () => {
  it("are written in their order, without noughts at the end, and read back", () => {
    const hours: Hours = new Map();
    Object.assign(hourOf(hours, BASE + 5 * HOUR), { sums: [1, 0, 3, 0, 0] });
    const second = hourOf(hours, BASE + 2 * HOUR);
    second.sums = [0, 0];
    count(second.gaps, 0, 4);
    count(second.gaps, 3);
    count(second.gaps, 7, 0);
    count(second.both, 2, -1);
    count(second.both, 9, 0);
    const text = writeHours(hours, BASE);
    expect(JSON.parse(text)).toEqual([
      [2, [], [0, 4, 3, 1], [2, -1]],
      [5, [1, 0, 3], []],
    ]);
    const read: Hours = new Map();
    mergeHours(read, BASE, text);
    mergeHours(read, BASE, text);
    expect([...read]).toEqual([
      [
        BASE + 2 * HOUR,
        {
          sums: [],
          gaps: new Map([
            [0, 8],
            [3, 2],
          ]),
          both: new Map([[2, -2]]),
        },
      ],
      [BASE + 5 * HOUR, { sums: [2, 0, 6], gaps: new Map(), both: new Map() }],
    ]);
  });
});

describe("a plan", () => {
  const validity = {
    hours_through: BASE + 2 * DAY + 3 * HOUR,
    days_through: BASE + 2 * DAY,
    markedHours: new Set<number>(),
    markedDays: new Set<number>(),
  };
  const plan = (from: number, to: number, more: Partial<typeof validity> = {}, useHours = true): ReadPlan =>
    planRange({ from: BASE + from * HOUR, to: BASE + to * HOUR }, { ...validity, ...more }, useHours);
  const at = (...hours: number[]) => hours.map((hour) => BASE + hour * HOUR);
  const rows = (from: number, to: number) => ({ from: BASE + from * HOUR, to: BASE + to * HOUR });

  it("takes whole days, then whole hours, then rows to the end", () => {
    expect(plan(0, 60)).toEqual({ days: at(0, 24), hours: at(48, 49, 50), rows: [rows(51, 60)] });
    expect(plan(0, 24)).toEqual({ days: at(0), hours: [], rows: [] });
    expect(plan(0, 23).days).toEqual([]);
    expect(plan(0, 23).hours).toHaveLength(23);
  });

  it("reads a part of an hour from rows, and goes on with the next one", () => {
    expect(plan(0.5, 2.25)).toEqual({ days: [], hours: at(1), rows: [rows(0.5, 1), rows(2, 2.25)] });
    expect(plan(0.25, 0.5)).toEqual({ days: [], hours: [], rows: [rows(0.25, 0.5)] });
  });

  it("passes over what is marked", () => {
    expect(plan(0, 24, { markedDays: new Set(at(0)), markedHours: new Set(at(3, 4)) })).toMatchObject({
      days: [],
      rows: [rows(3, 5)],
    });
  });

  it("joins rows to one range where hours do not hold what is asked", () => {
    expect(plan(-2, 26, {}, false)).toEqual({ days: at(0), hours: [], rows: [rows(-2, 0), rows(24, 26)] });
  });

  it("of nothing is empty", () => {
    expect(plan(5, 5)).toEqual({ days: [], hours: [], rows: [] });
  });
});

describe("a time zone", () => {
  it.each([
    ["UTC", true],
    ["Europe/Berlin", true],
    ["+02:00", true],
    ["Berlin", false],
    ["", false],
    ["Europe/Atlantis", false],
  ])("%j is one: %s", (name, is) => {
    expect(isZone(name)).toBe(is);
  });

  it("cuts a range into its days, the first and the last as far as they are in it", () => {
    const range = { from: BASE + 5, to: BASE + DAY + 7 };
    expect(localDays(range, "UTC")).toEqual([
      { date: "2026-11-29", from: BASE + 5, to: BASE + DAY },
      { date: "2026-11-30", from: BASE + DAY, to: BASE + DAY + 7 },
    ]);
    expect(localDays(range, "Europe/Berlin")).toEqual([
      { date: "2026-11-29", from: BASE + 5, to: BASE + 23 * HOUR },
      { date: "2026-11-30", from: BASE + 23 * HOUR, to: BASE + DAY + 7 },
    ]);
    expect(localDays({ from: BASE, to: BASE }, "UTC")).toEqual([]);
    expect(localDays({ from: BASE, to: BASE }, "Europe/Berlin")).toEqual([]);
    expect(localDays({ from: BASE, to: BASE + DAY }, "UTC")).toHaveLength(1);
  });
});
