import { LOOK_BACK_HOURS } from "../../core/rollup/hours";
import type { TimeRange } from "../../core/rollup/plan";
import { isBot, LEAD_TOTALS, TOTALS, totalsOf } from "../../core/rollup/session-facts";
import { addSums } from "../../core/rollup/slice";
import type { LocalDay } from "../../protocol/zone";
import { HOUR_MS } from "../../time";
import { countVisitors, readFactsRange, readLooseLeads } from "../store/read-facts";
import type { RolledRow } from "../store/rollups";
import { crowdOf, exactly, hoursOf, windowVisitors } from "./collect";
import { classesOf, type Question } from "./question";
import { type Rolled, readRolled } from "./read";

export interface DayFigures {
  day: LocalDay;
  /** By `TOTALS`. */
  totals: number[];
  visitors: number;
}

/** The index of the window that holds an instant; -1 if none does. The windows are in rising order. */
function windowAt(windows: readonly TimeRange[], at: number): number {
  let low = 0;
  let high = windows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const window = windows[middle];
    if (!window || at < window.from) high = middle - 1;
    else if (at >= window.to) low = middle + 1;
    else return middle;
  }
  return -1;
}

/**
 * The figures of local days, one by one: hour by hour from rollups where these are valid. An hour that a day's border cuts (in
 * zones that are off by half an hour) comes from rows, and so does what is still open. Visitors are exact in each day.
 */
export async function collectDays(
  db: D1Database,
  question: Question,
  days: readonly LocalDay[],
): Promise<{ figures: DayFigures[]; excluded: number }> {
  const rolled = await readRolled(db, question, { parts: [], sketch: [], hours: true });
  const sums: [number[][], number[][]] = [days.map(() => []), days.map(() => [])];
  const split = new Set(
    days.filter(({ from }) => from % HOUR_MS !== 0).map(({ from }) => Math.floor(from / HOUR_MS) * HOUR_MS),
  );
  const addAt = (at: number, is_bot: 0 | 1, totals: readonly number[]): void => {
    const target = sums[is_bot][windowAt(days, at)];
    if (target) addSums(target, totals);
  };
  const hours = hoursOf(rolled.days);
  for (const is_bot of [0, 1] as const) {
    for (const [at, hour] of hours[is_bot]) if (!split.has(at)) addAt(at, is_bot, hour.sums);
  }
  for (const { period, is_bot, totals } of rolled.hours) {
    if (!split.has(period)) addAt(period, is_bot, (JSON.parse(totals) as [number[]])[0]);
  }
  for (const range of [...rolled.plan.rows, ...splitRanges(split, rolled, question)]) {
    for await (const page of readFactsRange(db, range, question.filter)) {
      for (const facts of page) addAt(facts.started_at, isBot(facts) ? 1 : 0, totalsOf(facts));
    }
    for await (const page of readLooseLeads(db, range, question.filter)) {
      for (const lead of page) addAt(lead.at, isBot(lead) ? 1 : 0, LEAD_TOTALS);
    }
  }
  const classes = classesOf(question.bots);
  const visitors = await visitorsOf(db, question, days, rolled);
  const figures = days.map((day, i) => {
    const totals = TOTALS.map(() => 0);
    for (const index of classes) addSums(totals, sums[index][i] ?? []);
    return { day, totals, visitors: visitors[i] ?? 0 };
  });
  const all = sums.flat().reduce((sum, [sessions = 0]) => sum + sessions, 0);
  const included = figures.reduce((sum, { totals }) => sum + (totals[0] ?? 0), 0);
  return { figures, excluded: all - included };
}

/** The split hours that were rolled up, cut to the range that is asked for. */
function splitRanges(split: ReadonlySet<number>, { plan }: Rolled, { from, to }: Question): TimeRange[] {
  const isRolled = (hour: number) =>
    plan.hours.includes(hour) || plan.days.some((day) => day <= hour && hour < day + 24 * HOUR_MS);
  return [...split].filter(isRolled).map((hour) => ({ from: Math.max(hour, from), to: Math.min(hour + HOUR_MS, to) }));
}

async function visitorsOf(
  db: D1Database,
  { filter, bots }: Question,
  days: readonly LocalDay[],
  { slice, plan, found }: Rolled,
): Promise<number[]> {
  const rolledDays = new Set(plan.days);
  const crowds: RolledRow[] = [];
  for (const [day, own] of Map.groupBy(found, ({ period }) => period)) {
    const crowd = crowdOf(own, slice);
    if (crowd) crowds.push(...crowd);
    else rolledDays.delete(day);
  }
  const hours = hoursOf(crowds);
  const isRolled = ({ from, to }: TimeRange): boolean => {
    if (from % HOUR_MS !== 0 || to % HOUR_MS !== 0 || to - from > LOOK_BACK_HOURS * HOUR_MS) return false;
    for (let at = from; at < to; at += HOUR_MS) {
      if (!rolledDays.has(Math.floor(at / (24 * HOUR_MS)) * 24 * HOUR_MS)) return false;
    }
    return true;
  };
  const open = days.filter((day) => !isRolled(day));
  const counted = await countVisitors(db, open, filter);
  return days.map((day) => {
    const i = open.indexOf(day);
    const count = i >= 0 ? counted[i] : windowVisitors(hours, day.from, day.to);
    return count ? exactly(count, bots).visitors : 0;
  });
}
