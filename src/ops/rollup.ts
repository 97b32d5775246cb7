import {
  DAY_MS,
  HOUR_MS,
  ROLLUP_BUDGET_MS,
  ROLLUP_DAY_AFTER_MS,
  ROLLUP_HOUR_AFTER_MS,
  ROLLUP_MAX_PERIODS,
} from "../limits";
import { DayBuilder, HourBuilder } from "../rollup/build";
import { LOOK_BACK_HOURS } from "../rollup/hours";
import { readFactsRange } from "../store/facts";
import { closePeriods, type Grain, listMarks, type Mark, nextStart, readState, writeRollup } from "../store/rollups";

export interface RollupReport {
  hours: number;
  days: number;
  /** Periods that changed while they were being rolled up; they stay marked. */
  raced: number;
  /** Nothing is left to do. */
  isDone: boolean;
}

const SIZE: Record<Grain, number> = { hour: HOUR_MS, day: DAY_MS };
const AFTER: Record<Grain, number> = { hour: ROLLUP_HOUR_AFTER_MS, day: ROLLUP_DAY_AFTER_MS };

/**
 * One bounded run: closes the periods that are over, and rolls up what is marked. A day that has changed since it was
 * rolled up is done again once an hour at most (`changedToo`): it is answered from its rows meanwhile, and a session that
 * stays open for days must not have it rolled up with every flush. May die anywhere, and may run twice at once.
 */
export async function rollUp(
  db: D1Database,
  now: number,
  changedToo: boolean,
  budget: number = ROLLUP_BUDGET_MS,
): Promise<RollupReport> {
  const report: RollupReport = { hours: 0, days: 0, raced: 0, isDone: true };
  const began = Date.now();
  for (const grain of ["hour", "day"] as const) {
    const isClosed = await close(db, grain, now);
    const marks = await listMarks(db, grain, grain === "day" && !changedToo, ROLLUP_MAX_PERIODS);
    if (!isClosed || marks.length === ROLLUP_MAX_PERIODS) report.isDone = false;
    for (const mark of marks) {
      if (Date.now() - began > budget) return { ...report, isDone: false };
      await rollPeriod(db, mark, report);
    }
  }
  return report;
}

/** Closes what is over, a bounded span at a time; false if more is left. */
async function close(db: D1Database, grain: Grain, now: number): Promise<boolean> {
  const state = await readState(db);
  const size = SIZE[grain];
  const done = grain === "hour" ? state.hours_through : state.days_through;
  const over = Math.floor((now - AFTER[grain]) / size) * size;
  // A change marks a day only where the hours are closed too.
  const target = grain === "hour" ? over : Math.min(over, Math.floor(state.hours_through / size) * size);
  if (target <= done) return true;
  // Stretches without sessions, such as all of the time before the first, are passed over in one step.
  const next = await nextStart(db, done);
  const from = Math.max(done, Math.floor((next ?? target) / size) * size);
  const to = Math.min(target, from + ROLLUP_MAX_PERIODS * size);
  await closePeriods(db, grain, done, Math.max(to, done));
  return to >= target;
}

async function rollPeriod(db: D1Database, mark: Mark, report: RollupReport): Promise<void> {
  const { grain, period } = mark;
  const builder = grain === "hour" ? new HourBuilder() : new DayBuilder(period);
  const from = grain === "hour" ? period : period - LOOK_BACK_HOURS * HOUR_MS;
  for await (const page of readFactsRange(db, { from, to: period + SIZE[grain] }, {})) {
    for (const facts of page) builder.add(facts);
  }
  if (!(await writeRollup(db, mark, builder.rows()))) report.raced += 1;
  else if (grain === "hour") report.hours += 1;
  else report.days += 1;
}
