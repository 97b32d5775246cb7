import type { Bots, SessionsQuery } from "../protocol/analytics";
import type { Scores } from "../scoring/ledger";
import type { Summary } from "../session/view";

/** Reading D1's `sessions` and `events`. */

interface SessionRow extends Scores {
  session_id: string;
  site: string;
  visitor_id: string | null;
  fingerprint_id: string | null;
  started_at: number;
  last_event_at: number;
  ended_at: number | null;
  ip: string | null;
  asn: number | null;
  country: string | null;
  label: string | null;
  events: number;
  last_seq: number;
  detail: string;
}

/** A session as the API shows it: the columns, the scores together, and what is in `detail`. */
export type Session = ReturnType<typeof toSession>;

function toSession({ engagement, bot, vpn, risk, detail, ...row }: SessionRow) {
  return { ...row, scores: { engagement, bot, vpn, risk }, ...(JSON.parse(detail) as Summary) };
}

/** A place in a list, newest first: the last row of a page. */
export interface SessionCursor {
  started_at: number;
  session_id: string;
}

const SCORES = ["engagement", "bot", "vpn", "risk"] as const;

type Condition = [sql: string, value?: string | number];

/** Rows of before there were verdicts have none, and are no bots. */
export const BOTS_CONDITION: Record<Bots, string> = {
  exclude: "label IS NOT 'bot'",
  include: "TRUE",
  only: "label = 'bot'",
};

function conditions(query: SessionsQuery, range: { from: number; to: number }): Condition[] {
  const equal = (["site", "visitor_id", "fingerprint_id", "country", "label"] as const).flatMap((name): Condition[] => {
    const value = query[name];
    return value === undefined ? [] : [[`${name} = ?`, value]];
  });
  const scores = SCORES.flatMap((score): Condition[] => {
    const low = query[`min_${score}`];
    const high = query[`max_${score}`];
    return [
      ...(low === undefined ? [] : [[`${score} >= ?`, low] satisfies Condition]),
      ...(high === undefined ? [] : [[`${score} <= ?`, high] satisfies Condition]),
    ];
  });
  return [
    ["started_at >= ?", range.from],
    ["started_at < ?", range.to],
    [BOTS_CONDITION[query.bots]],
    ...equal,
    ...scores,
  ];
}

/**
 * One page, newest first. The cursor names a row, not an offset, so that rows inserted meanwhile neither shift nor repeat
 * a page.
 */
export async function listSessions(
  db: D1Database,
  query: SessionsQuery,
  range: { from: number; to: number },
  cursor: SessionCursor | null,
): Promise<{ sessions: Session[]; next: SessionCursor | null }> {
  const where = conditions(query, range);
  const sql = where.map(([condition]) => condition);
  const values = where.flatMap(([, value]) => (value === undefined ? [] : [value]));
  if (cursor) {
    sql.push("(started_at, session_id) < (?, ?)");
    values.push(cursor.started_at, cursor.session_id);
  }
  const statement = `SELECT * FROM sessions WHERE ${sql.join(" AND ")} ORDER BY started_at DESC, session_id DESC LIMIT ?`;
  const { results } = await db
    .prepare(statement)
    .bind(...values, query.limit + 1)
    .all<SessionRow>();
  const { page, last } = cut(results, query.limit);
  return { sessions: page.map(toSession), next: last && { started_at: last.started_at, session_id: last.session_id } };
}

/** The page, and its last row if there is another page. */
function cut<T>(rows: T[], limit: number): { page: T[]; last: T | null } {
  const page = rows.slice(0, limit);
  return { page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}

export async function findSession(db: D1Database, sessionId: string): Promise<Session | null> {
  const row = await db.prepare("SELECT * FROM sessions WHERE session_id = ?").bind(sessionId).first<SessionRow>();
  return row && toSession(row);
}

/** Where a session's objects are, and whose they are. */
export const findPlace = (db: D1Database, sessionId: string): Promise<{ site: string; started_at: number } | null> =>
  db.prepare("SELECT site, started_at FROM sessions WHERE session_id = ?").bind(sessionId).first();

interface EventRow {
  seq: number;
  stream: string | null;
  number: number | null;
  at: number;
  received_at: number;
  event_type: string;
  page: string | null;
  element: string | null;
  detail: string | null;
}

interface StoredDetail {
  x?: number;
  y?: number;
  scroll_percent?: number;
  data?: Record<string, unknown>;
  late?: true;
}

/** An event as the API shows it. */
export type StoredEvent = ReturnType<typeof toEvent>;

function toEvent({ detail, ...row }: EventRow) {
  const parts = detail === null ? {} : (JSON.parse(detail) as StoredDetail);
  const { x = null, y = null, scroll_percent = null, data = null, late = false } = parts;
  return { ...row, x, y, scroll_percent, data, late };
}

/** One page of a session's events, in the order they were taken. `after` is the seq of the page before. */
export async function listEvents(
  db: D1Database,
  sessionId: string,
  after: number,
  limit: number,
): Promise<{ events: StoredEvent[]; next: number | null }> {
  const { results } = await db
    .prepare(
      `SELECT seq, stream, number, at, received_at, event_type, page, element, detail FROM events
       WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    )
    .bind(sessionId, after, limit + 1)
    .all<EventRow>();
  const { page, last } = cut(results, limit);
  return { events: page.map(toEvent), next: last?.seq ?? null };
}

/** Sessions begun in [from, to) that neither ended nor moved since `before`: their alarm may be lost. */
export async function listStale(
  db: D1Database,
  slice: { from: number; to: number },
  before: number,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT session_id FROM sessions
       WHERE started_at >= ? AND started_at < ? AND ended_at IS NULL AND last_event_at < ? LIMIT ?`,
    )
    .bind(slice.from, slice.to, before, limit)
    .all<{ session_id: string }>();
  return results.map((row) => row.session_id);
}
