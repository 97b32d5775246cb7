import { HOUR_MS } from "../../time";
import { addSums } from "./slice";

/**
 * One hour of a day's slice. `gaps` counts the hour's visitors by the hours since their last hour in the same slice; 0 stands for
 * none in the last 25. So the different visitors of any window of up to 25 whole hours are exactly those whose last hour lies
 * before the window, and no rollup holds an identifier.
 */
export interface HourSums {
  /** By `TOTALS`. */
  sums: number[];
  gaps: Map<number, number>;
  /** Only in bots' slices: what to add to the gaps of both classes together, for visitors seen in both. May be negative. */
  both: Map<number, number>;
}

/** By the hour's start, epoch ms. */
export type Hours = Map<number, HourSums>;

/** How far an hour has to look back at most: the longest local day, when clocks go back. */
export const LOOK_BACK_HOURS = 25;

const newHour = (): HourSums => ({ sums: [], gaps: new Map(), both: new Map() });

export function hourOf(hours: Hours, at: number): HourSums {
  const start = Math.floor(at / HOUR_MS) * HOUR_MS;
  let hour = hours.get(start);
  if (!hour) {
    hour = newHour();
    hours.set(start, hour);
  }
  return hour;
}

export const count = (map: Map<number, number>, key: number, by = 1): void => {
  map.set(key, (map.get(key) ?? 0) + by);
};

/** Different visitors in [from, to), whole hours and at most 25 of them. */
export function visitorsWithin(hours: Hours, from: number, to: number, which: "gaps" | "both"): number {
  let visitors = 0;
  for (let at = from; at < to; at += HOUR_MS) {
    for (const [gap, n] of hours.get(at)?.[which] ?? []) {
      if (gap === 0 || at - gap * HOUR_MS < from) visitors += n;
    }
  }
  return visitors;
}

type StoredHour = [hour: number, sums: number[], gaps: number[], both?: number[]];

function trimmed(sums: readonly number[]): readonly number[] {
  let end = sums.length;
  while (end > 0 && !sums[end - 1]) end -= 1;
  return sums.slice(0, end);
}

const pairs = (map: Map<number, number>): number[] => [...map].filter(([, n]) => n !== 0).flat();

/** JSON of a day's hours: [[hour of the day, sums, [gap, count, …], …], …]. */
export const writeHours = (hours: Hours, day: number): string =>
  JSON.stringify(
    [...hours]
      .sort(([a], [b]) => a - b)
      .map(([at, { sums, gaps, both }]) => {
        const more = pairs(both);
        const base = [(at - day) / HOUR_MS, trimmed(sums), pairs(gaps)];
        return more.length > 0 ? [...base, more] : base;
      }),
  );

/** Adds a stored day's hours. Changes `into`. */
export function mergeHours(into: Hours, day: number, text: string): void {
  for (const [index, sums, gaps, both = []] of JSON.parse(text) as StoredHour[]) {
    const hour = hourOf(into, day + index * HOUR_MS);
    addSums(hour.sums, sums);
    for (let i = 0; i < gaps.length; i += 2) count(hour.gaps, gaps[i] ?? 0, gaps[i + 1]);
    for (let i = 0; i < both.length; i += 2) count(hour.both, both[i] ?? 0, both[i + 1]);
  }
}
