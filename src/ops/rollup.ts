import { DayBuilder, HourBuilder } from "../core/rollup/build";
import { LOOK_BACK_HOURS } from "../core/rollup/hours";
import { readFactsRange, readLooseLeads } from "../data/store/read-facts";
import {
  closePeriods,
  type Grain,
  listMarks,
  nextStart,
  type RollupMark,
  readState,
  writeRollups,
} from "../data/store/rollups";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../time";

/**
 * How long after its end a period is rolled up. An idle session ends after 30 minutes, so most of the period's sessions will not
 * change again. If one does, the period is answered from rows until it is rolled up anew.
 */
const ROLLUP_HOUR_AFTER_MS = 90 * MINUTE_MS;
const ROLLUP_DAY_AFTER_MS = 3 * HOUR_MS;
/** A run of the cron begins no period after this long. The next run goes on. */
const ROLLUP_BUDGET_MS = 20 * SECOND_MS;
/** Periods that a run may roll up: some five D1 calls each, far below an invocation's 1,000. */
const ROLLUP_MAX_PERIODS = 150;

export interface RollupReport {
  hours: number;
  days: number;
  /** Periods that changed while they were rolled up. They stay marked. */
  raced: number;
  /** Nothing is left to do. */
  isDone: boolean;
}

const SIZE: Record<Grain, number> = { hour: HOUR_MS, day: DAY_MS };
/** Periods that are rolled up together. Hours are small; a day looks back before its start, so it comes alone. */
const RUN: Record<Grain, number> = { hour: 24, day: 1 };
const AFTER: Record<Grain, number> = { hour: ROLLUP_HOUR_AFTER_MS, day: ROLLUP_DAY_AFTER_MS };

/**
 * One bounded run: closes the periods that are over, and rolls up what is marked. A day that has changed since is rolled up again
 * only with `changedToo`, once an hour: else a session that stays open for days would have it rolled up with every flush. Until
 * then it is answered from rows. A run may die anywhere, and two may run at once.
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
    for (const run of runsOf(marks, RUN[grain])) {
      if (Date.now() - began > budget) return { ...report, isDone: false };
      await rollPeriods(db, run, report);
    }
  }
  return report;
}

/** Closes the periods that are over, a bounded span at a time. False if more is left. */
async function close(db: D1Database, grain: Grain, now: number): Promise<boolean> {
  const state = await readState(db);
  const size = SIZE[grain];
  const done = grain === "hour" ? state.hours_through : state.days_through;
  const over = Math.floor((now - AFTER[grain]) / size) * size;
  // A change marks a day only if its hours are closed too.
  const target = grain === "hour" ? over : Math.min(over, Math.floor(state.hours_through / size) * size);
  if (target <= done) return true;
  // A stretch without sessions, such as the time before the first one, is passed over in one step.
  const next = await nextStart(db, done);
  const from = Math.max(done, Math.floor((next ?? target) / size) * size);
  const to = Math.min(target, from + ROLLUP_MAX_PERIODS * size);
  await closePeriods(db, grain, done, Math.max(to, done));
  return to >= target;
}

/** Marks of consecutive periods, at most `most` in a run: a run is read and written together. */
function runsOf(marks: readonly RollupMark[], most: number): [RollupMark, ...RollupMark[]][] {
  const runs: [RollupMark, ...RollupMark[]][] = [];
  for (const mark of marks) {
    const run = runs.at(-1);
    const follows = run && run.length < most && run.at(-1)?.period === mark.period - SIZE[mark.grain];
    if (follows) run.push(mark);
    else runs.push([mark]);
  }
  return runs;
}

async function rollPeriods(db: D1Database, run: [RollupMark, ...RollupMark[]], report: RollupReport): Promise<void> {
  const [{ grain, period: first }] = run;
  const size = SIZE[grain];
  const to = first + run.length * size;
  const builders = run.map(({ period }) => (grain === "hour" ? new HourBuilder() : new DayBuilder(period)));
  // A run of days is one day. Facts from before it are its look-back.
  const builderAt = (at: number) => builders[Math.max(0, Math.floor((at - first) / size))];
  const from = grain === "hour" ? first : first - LOOK_BACK_HOURS * HOUR_MS;
  for await (const page of readFactsRange(db, { from, to }, {})) {
    for (const facts of page) builderAt(facts.started_at)?.add(facts);
  }
  for await (const page of readLooseLeads(db, { from: first, to }, {})) {
    for (const lead of page) builderAt(lead.at)?.addLead(lead);
  }
  const rollups = run.map((mark, i) => ({ mark, rows: builders[i]?.rows() ?? [] }));
  const written = await writeRollups(db, rollups);
  report.raced += run.length - written;
  if (grain === "hour") report.hours += written;
  else report.days += written;
}
