import type { Memory, Silence } from "../../core/alerts/alert";
import { PAUSED } from "../../core/leads/delivery";
import { formReader, isFields, isText, readText, unchanged } from "../../core/stored";
import { DAY_MS } from "../../time";

/** "No leads" looks at the same hours of this many weeks before. */
export const ALERT_WEEKS = 4;

/** What alerts are made of, read from D1; and an alert actor's own SQLite. */

const WEEK = 7 * DAY_MS;

export interface SiteFigures {
  silence: Silence;
  /** Leads' dead letters since the time asked for. */
  dead: number;
  /** The size of the database; null where D1 does not say. */
  database_bytes: number | null;
  /** Endpoints that are not well. */
  endpoints: { endpoint_id: string; state: string; failures: number; since: number | null; reason: string | null }[];
}

/** What a site's alerts need: two round trips, each look-up by an index. */
export async function readFigures(db: D1Database, site: string, now: number, deadSince: number): Promise<SiteFigures> {
  const [last, dead, endpoints] = await db.batch([
    db
      .prepare(
        "SELECT max(received_at) AS n FROM lead_submissions WHERE site = ? AND received_at > ? AND outcome <> 'spam'",
      )
      .bind(site, now - ALERT_WEEKS * WEEK),
    db
      .prepare(
        `SELECT count(*) AS n FROM deliveries
         WHERE site = ? AND state = 'dead' AND updated_at > ? AND lead_id IS NOT NULL AND reason IS NOT ?`,
      )
      .bind(site, deadSince, PAUSED),
    db
      .prepare(
        `SELECT endpoint_id, state, failures, since, reason FROM webhook_endpoints WHERE site = ? AND state <> 'closed'`,
      )
      .bind(site),
  ]);
  const last_at = figure(last);
  return {
    silence: { last_at, before: last_at === null ? [] : await sameStretch(db, site, last_at, now) },
    dead: figure(dead) ?? 0,
    database_bytes: endpoints?.meta.size_after ?? null,
    endpoints: (endpoints?.results ?? []) as SiteFigures["endpoints"],
  };
}

const figure = (result: D1Result | undefined): number | null =>
  (result?.results[0] as { n: number | null } | undefined)?.n ?? null;

async function sameStretch(db: D1Database, site: string, from: number, to: number): Promise<number[]> {
  const count = `SELECT count(*) AS n FROM lead_submissions
    WHERE site = ? AND received_at > ? AND received_at <= ? AND outcome <> 'spam'`;
  const weeks = Array.from({ length: ALERT_WEEKS }, (_, i) => (i + 1) * WEEK);
  const counts = await db.batch(weeks.map((ago) => db.prepare(count).bind(site, from - ago, to - ago)));
  return counts.map((result) => figure(result) ?? 0);
}

/** Leads whose delivery is long past its time: their alarm is lost. */
export async function listOverdue(db: D1Database, before: number, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT lead_id FROM deliveries
       WHERE state = 'pending' AND next_at < ? AND lead_id IS NOT NULL LIMIT ?`,
    )
    .bind(before, limit)
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

/** What an alert actor keeps: one row, and the sessions that said they are stuck. */
export interface AlertState {
  v: 1;
  site: string;
  /** Names its deliveries (`delivery_id`), whatever the site is called. */
  subject: string;
  memory: Memory;
}

/** Before version 1 it had the same fields and no version. */
const readAlertState = formReader<AlertState>({
  name: "alerts' state",
  version: 1,
  shape: { site: isText, subject: isText, memory: isFields },
  migrations: { 0: unchanged },
});

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS alerts (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS stuck (session_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
];

/** Synchronous, so that the calls of one turn are one commit. */
export class AlertStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  read(): AlertState | null {
    const found = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alerts'").toArray();
    if (found.length === 0) return null;
    const [row] = this.#sql.exec<{ body: string }>("SELECT body FROM alerts").toArray();
    return row ? readText(readAlertState, row.body) : null;
  }

  create(): void {
    for (const statement of SCHEMA) this.#sql.exec(statement);
  }

  write(state: AlertState): void {
    this.#sql.exec("INSERT OR REPLACE INTO alerts (id, body) VALUES (1, ?)", JSON.stringify(state));
  }

  /** At most `max` sessions are remembered. */
  addStuck(session_id: string, at: number, max: number): void {
    this.#sql.exec(
      `INSERT INTO stuck (session_id, at) SELECT ?1, ?2
       WHERE (SELECT count(*) FROM stuck) < ?3 OR EXISTS (SELECT 1 FROM stuck WHERE session_id = ?1)
       ON CONFLICT (session_id) DO UPDATE SET at = excluded.at`,
      session_id,
      at,
      max,
    );
  }

  removeStuck(session_id: string): void {
    this.#sql.exec("DELETE FROM stuck WHERE session_id = ?", session_id);
  }

  /**
   * How many sessions have said since `since` that they are stuck, and when the first of them did, epoch ms. Older reports are
   * deleted.
   */
  stuck(since: number): { sessions: number; first_at: number | null } {
    this.#sql.exec("DELETE FROM stuck WHERE at <= ?", since);
    return this.#sql
      .exec<{ sessions: number; first_at: number | null }>(
        "SELECT count(*) AS sessions, min(at) AS first_at FROM stuck",
      )
      .one();
  }
}
