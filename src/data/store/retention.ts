import type { RetentionReport, RetentionRun } from "../../core/api/storage";
import { formReader, isFields, isFlag, orNull, readText, unchanged } from "../../core/stored";
import type { Day } from "./archive-days";

/** D1's side of retention: expired rows, the report of each run, what each day of the archive holds. */

interface RunRow {
  started_at: number;
  finished_at: number | null;
  cutoff: number;
  steps: number;
  report: string;
}

/** A run on its way: the published report, and where it goes on. */
export interface OpenRun {
  started_at: number;
  cutoff: number;
  /** How often it has been written down. An invocation that finds another number has been overtaken. */
  steps: number;
  report: StoredReport;
}

export interface StoredReport extends RetentionReport {
  v: 1;
  /** Objects older than the cutoff are gone. */
  objects_done: boolean;
  rows_done: boolean;
  leads_done: boolean;
  /** The count of days under way; null before it begins and when it is done. */
  count: { after: string; day: Day | null; objects: number; bytes: number } | null;
}

/** Before version 1 it had the same fields and no version. */
const readReport = formReader<StoredReport>({
  name: "retention report",
  version: 1,
  shape: { objects_done: isFlag, rows_done: isFlag, leads_done: isFlag, count: orNull(isFields) },
  migrations: { 0: unchanged },
});

const toOpen = ({ started_at, cutoff, steps, report }: RunRow): OpenRun => ({
  started_at,
  cutoff,
  steps,
  report: readText(readReport, report),
});

export async function findOpenRun(db: D1Database): Promise<OpenRun | null> {
  const sql = "SELECT * FROM retention_runs WHERE finished_at IS NULL ORDER BY started_at LIMIT 1";
  const row = await db.prepare(sql).first<RunRow>();
  return row && toOpen(row);
}

/** False when another has begun a run in the same millisecond. */
export async function insertRun(db: D1Database, run: OpenRun): Promise<boolean> {
  const { meta } = await db
    .prepare("INSERT INTO retention_runs (started_at, cutoff, report) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    .bind(run.started_at, run.cutoff, JSON.stringify(run.report))
    .run();
  return meta.changes > 0;
}

/** Writes a run's progress. False if somebody else has since it was read. */
export async function saveRun(db: D1Database, run: OpenRun, finishedAt: number | null): Promise<boolean> {
  const { meta } = await db
    .prepare(
      "UPDATE retention_runs SET report = ?, finished_at = ?, steps = steps + 1 WHERE started_at = ? AND steps = ?",
    )
    .bind(JSON.stringify(run.report), finishedAt, run.started_at, run.steps)
    .run();
  return meta.changes > 0;
}

/** Newest first, as published. */
export async function listRuns(db: D1Database, limit: number): Promise<RetentionRun[]> {
  const { results } = await db
    .prepare("SELECT * FROM retention_runs ORDER BY started_at DESC LIMIT ?")
    .bind(limit)
    .all<RunRow>();
  return results.map(({ started_at, finished_at, cutoff, steps, report }) => {
    const {
      v: _,
      objects_done: __,
      rows_done: ___,
      leads_done: ____,
      count: _____,
      ...published
    } = readText(readReport, report);
    return { started_at, finished_at, cutoff, steps, ...published };
  });
}

/** When the newest finished run came to its end, epoch ms. */
export async function lastFinished(db: D1Database): Promise<number | null> {
  const row = await db.prepare("SELECT max(finished_at) AS at FROM retention_runs").first<{ at: number | null }>();
  return row?.at ?? null;
}

export const expireRuns = (db: D1Database, before: number): Promise<unknown> =>
  db.prepare("DELETE FROM retention_runs WHERE started_at < ?").bind(before).run();

/** The oldest sessions begun before `before`, with the fingerprints that they name. */
async function oldestExpired(db: D1Database, before: number, limit: number) {
  const { results } = await db
    .prepare("SELECT session_id, fingerprint_id FROM sessions WHERE started_at < ? ORDER BY started_at LIMIT ?")
    .bind(before, limit)
    .all<{ session_id: string; fingerprint_id: string | null }>();
  return results;
}

/** Events of listed sessions that are still expired. A session that has begun anew since it was listed keeps its events. */
export const DELETE_EVENTS = `
  DELETE FROM events WHERE (session_id, seq) IN (
    SELECT e.session_id, e.seq FROM json_each(?1) AS listed
    CROSS JOIN sessions AS s ON s.session_id = listed.value AND s.started_at < ?3
    CROSS JOIN events AS e ON e.session_id = s.session_id LIMIT ?2)`;

/** At most ?2 conversions before ?1, for when no session of that time is left. Their sums stay in the rollups. */
const DELETE_CONVERSIONS = `
  DELETE FROM lead_conversions WHERE (at, submission_id) IN (
    SELECT at, submission_id FROM lead_conversions WHERE at < ?1 ORDER BY at, submission_id LIMIT ?2)`;

/**
 * Deletes expired rows, `limits.events` events at most: first the events of the oldest sessions, then these sessions with their
 * conversions, so that the rest is found again after an interruption. `more`: there may be others.
 */
export async function deleteExpired(
  db: D1Database,
  before: number,
  limits: { sessions: number; events: number },
): Promise<{ sessions: number; events: number; more: boolean }> {
  const expired = await oldestExpired(db, before, limits.sessions);
  if (expired.length === 0) {
    const { changes } = (await db.prepare(DELETE_CONVERSIONS).bind(before, limits.sessions).run()).meta;
    return { sessions: 0, events: 0, more: changes >= limits.sessions };
  }
  const ids = JSON.stringify(expired.map((row) => row.session_id));
  const events = (await db.prepare(DELETE_EVENTS).bind(ids, limits.events, before).run()).meta.changes;
  if (events >= limits.events) return { sessions: 0, events, more: true };
  const fingerprints = JSON.stringify(expired.flatMap((row) => row.fingerprint_id ?? []));
  const of = "IN (SELECT value FROM json_each(?1))";
  const [, sessions] = await db.batch([
    // A conversion that came after its session's period was counted in that period. It must not count again as that of no session.
    db
      .prepare(
        `DELETE FROM lead_conversions WHERE session_id IN (
           SELECT session_id FROM sessions WHERE session_id ${of} AND started_at < ?2)`,
      )
      .bind(ids, before),
    db.prepare(`DELETE FROM sessions WHERE session_id ${of} AND started_at < ?2`).bind(ids, before),
    // A fingerprint that was seen later is not expired yet.
    db
      .prepare(`DELETE FROM identity_network WHERE fingerprint_id ${of} AND last_seen_at < ?2`)
      .bind(fingerprints, before),
    db.prepare(`DELETE FROM fingerprints WHERE fingerprint_id ${of} AND last_seen_at < ?2`).bind(fingerprints, before),
  ]);
  return { sessions: sessions?.meta.changes ?? 0, events, more: true };
}

/**
 * Leads of a site that have been silent since `before`, the longest silent first. Leads that are still on their way to a receiver
 * are left out, because a lead that was taken is delivered or is a dead letter.
 */
export async function silentLeads(db: D1Database, site: string, before: number, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT lead_id FROM leads WHERE site = ? AND last_submission_at < ?
         AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.lead_id = leads.lead_id AND d.state = 'pending')
       ORDER BY last_submission_at LIMIT ?`,
    )
    .bind(site, before, limit)
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

export interface StorageDay {
  day: Day;
  objects: number;
  bytes: number;
  counted_at: number;
}

export const saveDay = (db: D1Database, day: StorageDay): Promise<unknown> =>
  db
    .prepare(
      `INSERT INTO storage_days (day, objects, bytes, counted_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET objects = excluded.objects, bytes = excluded.bytes, counted_at = excluded.counted_at`,
    )
    .bind(day.day, day.objects, day.bytes, day.counted_at)
    .run();

/** Days in [from, to], oldest first. */
export async function listDays(db: D1Database, from: Day, to: Day): Promise<StorageDay[]> {
  const { results } = await db
    .prepare("SELECT day, objects, bytes, counted_at FROM storage_days WHERE day >= ? AND day <= ? ORDER BY day")
    .bind(from, to)
    .all<StorageDay>();
  return results;
}

/** Deletes the counts of days that are gone from the archive. */
export const expireDays = (db: D1Database, before: Day): Promise<unknown> =>
  db.prepare("DELETE FROM storage_days WHERE day < ?").bind(before).run();

/** Deletes the counts of days whose objects have changed, so that they are counted again. */
export const forgetDays = (db: D1Database, days: readonly Day[]): Promise<unknown> =>
  db.prepare("DELETE FROM storage_days WHERE day IN (SELECT value FROM json_each(?))").bind(JSON.stringify(days)).run();
