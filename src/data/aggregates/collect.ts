import type { Bots } from "../../core/api/filter";
import { type Hours, LOOK_BACK_HOURS, mergeHours, visitorsWithin } from "../../core/rollup/hours";
import { isBot, LEAD_TOTALS, type Part } from "../../core/rollup/session-facts";
import { countSketch, SKETCH_ERROR } from "../../core/rollup/sketch";
import {
  addSession,
  addSums,
  contributionOf,
  mergeSlice,
  mergeStored,
  newSlice,
  type Slice,
} from "../../core/rollup/slice";
import { HOUR_MS } from "../../time";
import { countVisitors, hasFewSessions, readFactsRange, readLooseLeads, type VisitorCount } from "../store/read-facts";
import type { Chosen, RolledRow, WantedPeriod } from "../store/rollups";
import { classesOf, type Question } from "./question";
import { type Rolled, readRolled } from "./read";

/**
 * Over more than a day, different visitors are counted one by one only if at most so many sessions began, on all sites together.
 * The count reads an index entry and a row of each, and an overview counts twice, of the 10,000 rows that it may read.
 */
const EXACT_VISITORS_SESSIONS = 1_000;

export interface Visitors {
  visitors: number;
  /** Standard error of the count, as a share of it; 0: exact. */
  visitors_error: number;
}

export interface Collected {
  /** The sums of the sessions in the answer. */
  slice: Slice;
  /** Sessions left out because of their class. */
  excluded: number;
}

/** The sums of a question: from rollups where they are valid, from rows where they are not. Equal to a recount. */
export async function collect(db: D1Database, question: Question, parts: readonly Part[]): Promise<Collected> {
  const { slice, excluded } = await sumsOf(db, question, { parts, sketch: [], hours: false });
  return { slice, excluded };
}

/** The same sums, with the number of different visitors. */
export async function collectVisitors(db: D1Database, question: Question): Promise<Collected & Visitors> {
  const isShort = question.to - question.from <= LOOK_BACK_HOURS * HOUR_MS;
  const wanted = { parts: [], sketch: classesOf(question.bots), hours: isShort };
  const { slice, excluded, rolled, seen } = await sumsOf(db, question, wanted);
  const all = excluded + (slice.totals[0] ?? 0);
  const visitors = seen ? exactly(seen, question.bots) : await visitorsOf(db, question, rolled, slice, all);
  return { ...visitors, slice, excluded };
}

interface Summed extends Collected {
  rolled: Rolled;
  /** Different visitors, if all of it came from rows. */
  seen: VisitorCount | null;
}

async function sumsOf(db: D1Database, question: Question, wanted: WantedPeriod): Promise<Summed> {
  const { filter, bots } = question;
  const { parts } = wanted;
  const rolled = await readRolled(db, question, wanted);
  const classes: [Slice, Slice] = [newSlice(), newSlice()];
  for (const row of [...rolled.days, ...rolled.hours]) mergeStored(classes[row.is_bot], row);
  const seen: [Set<string>, Set<string>] = [new Set(), new Set()];
  const { plan } = rolled;
  const isAllRows = plan.days.length === 0 && plan.hours.length === 0;
  for (const range of plan.rows) {
    for await (const page of readFactsRange(db, range, filter)) {
      for (const facts of page) {
        const index = isBot(facts) ? 1 : 0;
        addSession(classes[index], contributionOf(facts, parts));
        if (isAllRows && facts.visitor_id !== null) seen[index].add(facts.visitor_id);
      }
    }
    for await (const page of readLooseLeads(db, range, filter)) {
      for (const lead of page) addSums(classes[isBot(lead) ? 1 : 0].totals, LEAD_TOTALS);
    }
  }
  const slice = newSlice();
  for (const index of classesOf(bots)) mergeSlice(slice, classes[index]);
  const all = (classes[0].totals[0] ?? 0) + (classes[1].totals[0] ?? 0);
  const excluded = all - (slice.totals[0] ?? 0);
  const counted = { people: seen[0].size, bots: seen[1].size, all: new Set([...seen[0], ...seen[1]]).size };
  return { slice, excluded, rolled, seen: isAllRows ? counted : null };
}

export const exactly = ({ people, bots, all }: VisitorCount, which: Bots): Visitors => ({
  visitors: which === "include" ? all : which === "only" ? bots : people,
  visitors_error: 0,
});

async function visitorsOf(
  db: D1Database,
  { filter, bots }: Question,
  { range, slice: chosen, plan, found, floor }: Rolled,
  slice: Slice,
  sessions: number,
): Promise<Visitors> {
  const [day, ...more] = plan.days;
  const isOneDay = day !== undefined && more.length + plan.hours.length + plan.rows.length === 0;
  const crowd = isOneDay ? crowdOf(found, chosen) : null;
  if (crowd?.every(({ hours }) => hours !== null)) {
    return exactly(windowVisitors(hoursOf(crowd), range.from, range.to), bots);
  }
  // Rows that retention has deleted cannot be counted any more. A count also reads rows that do not pass the filter.
  const isFew = sessions <= EXACT_VISITORS_SESSIONS && range.from >= floor;
  if (isFew && (await hasFewSessions(db, range, EXACT_VISITORS_SESSIONS))) {
    const [count] = await countVisitors(db, [range], filter);
    if (count) return exactly(count, bots);
  }
  return { visitors: countSketch(slice.sketch), visitors_error: SKETCH_ERROR };
}

/**
 * The rows of a day that count its visitors, one for each class. Null if they do not: gaps of several sites do not add up, and a
 * day that was rolled up before there were such rows has none.
 */
export function crowdOf(rows: readonly RolledRow[], slice: Chosen | null): RolledRow[] | null {
  const own = rows.filter(({ value }) => value === slice?.crowd);
  if (own.length === 0 && rows.length > 0) return null;
  return new Set(own.map(({ is_bot }) => is_bot)).size === own.length ? own : null;
}

/** The stored hours of some days' rows. */
export function hoursOf(rows: readonly RolledRow[]): [Hours, Hours] {
  const hours: [Hours, Hours] = [new Map(), new Map()];
  for (const { is_bot, period, hours: text } of rows) if (text !== null) mergeHours(hours[is_bot], period, text);
  return hours;
}

/** The number of different visitors in a window of whole hours, at most 25 of them. */
export function windowVisitors([people, bots]: readonly [Hours, Hours], from: number, to: number): VisitorCount {
  const own = { people: visitorsWithin(people, from, to, "gaps"), bots: visitorsWithin(bots, from, to, "gaps") };
  return { ...own, all: own.people + own.bots + visitorsWithin(bots, from, to, "both") };
}
