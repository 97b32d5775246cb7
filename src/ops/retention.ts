import { type Day, dayOf, dayOfKey, deleteObjects, listObjects } from "../data/store/archive-days";
import { expireAudit } from "../data/store/audit";
import {
  deleteExpired,
  expireDays,
  expireRuns,
  findOpenRun,
  insertRun,
  type OpenRun,
  type StoredReport,
  saveRun,
  silentLeads,
} from "../data/store/retention";
import { freezeRollups } from "../data/store/rollups";
import { RETENTION_DAYS, RETENTION_PAGE } from "../limits";
import { DAY_MS, MINUTE_MS } from "../time";
import { eraseLead } from "./erase-lead";
import { errorField, type LogFields, type Logger } from "./logger";
import type { Bounds, RetentionStores, RetentionWork } from "./retention-work";
import { leadRetention } from "./site-settings";
import { countDays } from "./storage";
import { WorkBudget } from "./work-budget";

/**
 * What one invocation of the cron may do: the platform allows 1,000 calls to its stores, and 15 minutes. The next tick does the
 * rest. A page of 1,000 objects is 3 calls, so a tick deletes 250,000 objects.
 */
const RETENTION_CALLS = 750;
const RETENTION_MS = 10 * MINUTE_MS;
/** D1 rows that one statement deletes: some tens of milliseconds, in which D1 does nothing else. */
const RETENTION_STEP_SESSIONS = 200;
const RETENTION_STEP_EVENTS = 5_000;
/** Leads that are looked up at a time. Each costs a call or more to its actors. */
const RETENTION_STEP_LEADS = 50;
/** How long uses of `admin` and reports of retention are kept: a year. */
const AUDIT_MS = 365 * DAY_MS;

const BOUNDS: Bounds = {
  calls: RETENTION_CALLS,
  ms: RETENTION_MS,
  page: RETENTION_PAGE,
  sessions: RETENTION_STEP_SESSIONS,
  events: RETENTION_STEP_EVENTS,
};

/** The start of the first day that is kept, epoch ms: days before it go as a whole. */
export const cutoffAt = (now: number): number => Date.parse(dayOf(now - RETENTION_DAYS * DAY_MS));

const newReport = (): StoredReport => ({
  v: 1,
  objects_deleted: 0,
  bytes_deleted: 0,
  sessions_deleted: 0,
  events_deleted: 0,
  leads_deleted: 0,
  objects_kept: null,
  bytes_kept: null,
  duration_ms: 0,
  invocations: 0,
  errors: 0,
  last_error: null,
  objects_done: false,
  rows_done: false,
  leads_done: false,
  count: null,
});

/**
 * Deletes what is older than 90 days: R2 objects by the day in their key, then the D1 rows of those days, then old leads of sites
 * that limit how long they are kept. Then it counts what is left. Bounded: the next invocation goes on from what is still there, so
 * one that dies half-way loses only a line of its report. `begin`: starts a run, unless one is open.
 */
export async function retain(
  stores: RetentionStores,
  log: Logger,
  now: number,
  { begin, bounds = BOUNDS }: { begin: boolean; bounds?: Bounds },
): Promise<LogFields> {
  const run = (await findOpenRun(stores.DB)) ?? (begin ? await openRun(stores.DB, now) : null);
  if (!run) return { open: false };
  const began = Date.now();
  const { report } = run;
  report.invocations += 1;
  let saved = began;
  const write = async (finishedAt: number | null): Promise<boolean> => {
    const at = Date.now();
    report.duration_ms += at - saved;
    saved = at;
    const isOurs = await saveRun(stores.DB, run, finishedAt);
    run.steps += 1;
    return isOurs;
  };
  const work: RetentionWork = { stores, run, budget: new WorkBudget(bounds, began), bounds, save: () => write(null) };
  try {
    const isDone =
      (await removeObjects(work)) && (await removeRows(work)) && (await removeLeads(work)) && (await countDays(work));
    if (isDone) await expireRecords(stores.DB, now);
    await write(isDone ? Date.now() : null);
  } catch (error) {
    report.errors += 1;
    report.last_error = errorField(error);
    log.warn("retention_failed", { error: report.last_error });
    await write(null);
  }
  const { objects_deleted, sessions_deleted, leads_deleted, errors } = report;
  return { open: true, steps: run.steps, objects_deleted, sessions_deleted, leads_deleted, errors };
}

async function openRun(db: D1Database, now: number): Promise<OpenRun | null> {
  const run: OpenRun = { started_at: now, cutoff: cutoffAt(now), steps: 0, report: newReport() };
  return (await insertRun(db, run)) ? run : null;
}

/** Deletes the oldest objects, page by page, until one is young enough. True if no older one is left. */
async function removeObjects({ stores, run, budget, bounds, save }: RetentionWork): Promise<boolean> {
  const { report } = run;
  const cutoff = dayOf(run.cutoff);
  let after: string | null = null;
  while (!report.objects_done) {
    if (!budget.take(3)) return false;
    const page = await listObjects(stores.TRACKING_R2, after, bounds.page);
    const expired = page.objects.filter(({ key }) => isBefore(dayOfKey(key), cutoff));
    if (expired.length > 0) {
      await deleteObjects(
        stores.TRACKING_R2,
        expired.map(({ key }) => key),
      );
    }
    report.objects_deleted += expired.length;
    report.bytes_deleted += expired.reduce((sum, { size }) => sum + size, 0);
    const reached = page.objects.some(({ key }) => !isBefore(dayOfKey(key) ?? "", cutoff));
    report.objects_done = reached || page.next === null;
    after = page.next;
    if (!(await save())) return false;
  }
  return true;
}

/** A key without a day is not ours, and stays. */
const isBefore = (day: Day | null, cutoff: Day): boolean => day !== null && day < cutoff;

/** Deletes rows after the objects of their days, because a session's row lives as long as its objects. */
async function removeRows({ stores, run, budget, bounds, save }: RetentionWork): Promise<boolean> {
  const { report } = run;
  if (report.rows_done) return true;
  // Rollups outlive the rows that they were made from.
  const before = await freezeRollups(stores.DB, run.cutoff);
  while (!report.rows_done) {
    if (!budget.take(4)) return false;
    const { sessions, events, more } = await deleteExpired(stores.DB, before, bounds);
    report.sessions_deleted += sessions;
    report.events_deleted += events;
    report.rows_done = !more;
    if (!(await save())) return false;
  }
  return true;
}

/** Deletes old leads of sites that limit how long they are kept. Their conversions still count. */
async function removeLeads({ stores, run, budget, save }: RetentionWork): Promise<boolean> {
  const { report } = run;
  if (report.leads_done) return true;
  const take = (): boolean => budget.take(1);
  for (const [site, days] of await leadRetention(stores)) {
    for (;;) {
      if (!budget.take(2)) return false;
      const silent = await silentLeads(stores.DB, site, run.started_at - days * DAY_MS, RETENTION_STEP_LEADS);
      if (silent.length === 0) break;
      for (const lead_id of silent) {
        const erased = await eraseLead(stores, lead_id, { keepConversion: true, take });
        report.leads_deleted += erased.leads;
        if (!erased.isDone) return false;
      }
      if (!(await save())) return false;
    }
  }
  report.leads_done = true;
  return save();
}

async function expireRecords(db: D1Database, now: number): Promise<void> {
  await expireAudit(db, now - AUDIT_MS);
  await expireRuns(db, now - AUDIT_MS);
  await expireDays(db, dayOf(cutoffAt(now)));
}
