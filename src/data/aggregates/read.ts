import { planRange, type ReadPlan, type TimeRange, type Validity } from "../../core/rollup/plan";
import type { Dimension } from "../../core/rollup/session-facts";
import { NONE } from "../../core/rollup/session-facts";
import { DAY_MS } from "../../time";
import {
  type Chosen,
  dayRows,
  hourRows,
  overflowRows,
  type RolledRow,
  readUsable,
  USABLE_STATEMENTS,
  type Usable,
  usableStatements,
  type WantedPeriod,
} from "../store/rollups";
import { type Question, sliceFor } from "./question";

/** How often an answer is begun again because its periods changed while it was read. After that it comes from rows alone. */
export const ROLLUP_READ_TRIES = 4;

/** What rollups say about a question, and the ranges that only rows can answer. */
export interface Rolled {
  /** The question's range without the time before the first session. */
  range: TimeRange;
  /** The slice that the days' rows are of; null if all of it comes from rows. */
  slice: Chosen | null;
  plan: ReadPlan;
  /** The days' rows, whose sums add up. */
  days: RolledRow[];
  /** These and, where hours were wanted, those that count the days' visitors. */
  found: RolledRow[];
  hours: RolledRow[];
  /** Sessions begun before this have no rows any more. */
  floor: number;
}

/** Which rollups may be used at all. */
export interface Grains {
  days: boolean;
  hours: boolean;
}

/**
 * Reads rollups together with what says that they are valid, in one transaction. If that has changed since the plan was
 * made, the plan is made anew.
 */
export async function readRolled(
  db: D1Database,
  question: Question,
  wanted: WantedPeriod,
  grains: Grains = { days: true, hours: true },
): Promise<Rolled> {
  const { from, to, filter } = question;
  const slice = sliceFor(filter);
  const first = Math.floor(from / DAY_MS) * DAY_MS;
  let usable = readUsable(await db.batch(usableStatements(db, first, to)));
  for (let tries = 1; ; tries++) {
    const range = { from: Math.min(Math.max(from, usable.oldest ?? to), to), to };
    const mayRoll = slice !== null && tries <= ROLLUP_READ_TRIES;
    const plan = planFor(range, mayRoll ? usable : null, grains, slice);
    const chosen = slice && narrowed(slice, plan, usable, wanted);
    const results = await db.batch([
      ...usableStatements(db, first, to),
      ...(chosen ? rollupStatements(db, plan, chosen, filter.site, wanted) : []),
    ]);
    const now = readUsable(results);
    // An older row that came meanwhile widens the range, and then the plan does not cover all of it.
    if (mayRoll && JSON.stringify(now) !== JSON.stringify(usable)) {
      usable = now;
      continue;
    }
    const read = results.slice(USABLE_STATEMENTS).map(({ results: rows }) => rows as RolledRow[]);
    const [found = [], hours = [], overflow = []] = read;
    const days = found.filter(({ value }) => chosen?.values.includes(value ?? NONE));
    return withoutHidden({ range, slice, plan, days, found, hours, floor: now.floor }, overflow);
  }
}

/**
 * Takes the one row of a range in place of its neighbouring bands, if all the days have such a row. It has no parts, so this is not
 * done if parts are wanted.
 */
function narrowed(slice: Chosen, { days }: ReadPlan, { ranged_from }: Usable, { parts }: WantedPeriod): Chosen {
  const isRanged = slice.crowd !== null && parts.length === 0 && days.every((day) => day >= ranged_from);
  return isRanged ? { ...slice, values: [slice.crowd ?? NONE] } : slice;
}

function planFor(range: TimeRange, usable: Usable | null, grains: Grains, slice: Chosen | null): ReadPlan {
  if (!usable || range.from >= range.to) return { days: [], hours: [], rows: range.from < range.to ? [range] : [] };
  const { hours_through, days_through, marks } = usable;
  const periods = (grain: "hour" | "day") =>
    new Set(marks.filter((mark) => mark.grain === grain).map(({ period }) => period));
  const validity: Validity = {
    hours_through,
    days_through: grains.days ? days_through : 0,
    markedHours: periods("hour"),
    markedDays: periods("day"),
  };
  return planRange(range, validity, grains.hours && slice?.dimension === NONE);
}

function rollupStatements(
  db: D1Database,
  { days, hours }: ReadPlan,
  slice: Chosen,
  site: string | undefined,
  wanted: WantedPeriod,
): D1PreparedStatement[] {
  const { dimension } = slice;
  return [
    dayRows(db, days, slice, site, wanted),
    hourRows(db, hours, site, wanted),
    ...(dimension === NONE ? [] : [overflowRows(db, days, dimension satisfies Dimension, site)]),
  ];
}

/**
 * Reads some days from sessions' rows instead. A value that is not among a day's first hundred has no rollup row, but may have had
 * sessions.
 */
function withoutHidden(rolled: Rolled, overflow: readonly RolledRow[]): Rolled {
  const found = new Set(rolled.days.map(({ period, site }) => `${period} ${site}`));
  const hidden = new Set(
    overflow.filter(({ period, site }) => !found.has(`${period} ${site}`)).map(({ period }) => period),
  );
  if (hidden.size === 0) return rolled;
  const { plan } = rolled;
  const rows = [...plan.rows, ...[...hidden].map((day) => ({ from: day, to: day + DAY_MS }))];
  return {
    ...rolled,
    days: rolled.days.filter(({ period }) => !hidden.has(period)),
    found: rolled.found.filter(({ period }) => !hidden.has(period)),
    plan: { ...plan, days: plan.days.filter((day) => !hidden.has(day)), rows: rows.sort((a, b) => a.from - b.from) },
  };
}
