import type { SessionsQuery } from "../../core/api/analytics";
import type { Bots } from "../../core/api/filter";
import { cutPage, pageEnd } from "./page";
import { conditionsOf, joinConditions, type SqlCondition } from "./session-conditions";
import type { SessionColumns } from "./session-row/columns";
import { readDetail } from "./session-row/read";

/** Reading D1's `sessions`. */

/** A session as the API shows it: the columns, the scores together, and what is in `detail`. */
export type Session = ReturnType<typeof toSession>;

/** Fields are written out: an export makes a million of these, and a rest or a spread of a row is slower than all the rest. */
function toSession(row: SessionColumns) {
  const { engagement, bot, vpn, risk } = row;
  return {
    session_id: row.session_id,
    site: row.site,
    visitor_id: row.visitor_id,
    fingerprint_id: row.fingerprint_id,
    started_at: row.started_at,
    last_event_at: row.last_event_at,
    ended_at: row.ended_at,
    ip: row.ip,
    asn: row.asn,
    country: row.country,
    label: row.label,
    events: row.events,
    last_seq: row.last_seq,
    scores: { engagement, bot, vpn, risk },
    ...readDetail(row.detail, row),
  };
}

/** The last row of a page of a list, newest first: the next page begins after it. */
export interface SessionCursor {
  started_at: number;
  session_id: string;
}

/** What a list of sessions is asked for, apart from the page. */
export interface SessionsAsked {
  query: SessionsQuery;
  range: { from: number; to: number };
}

/** Conditions of the sessions asked for; with `excluded`, of those that `bots` leaves out of them. */
function conditions({ query, range }: SessionsAsked, excluded: boolean): SqlCondition[] {
  const { visitor_id, fingerprint_id, bots } = query;
  return [
    ["started_at >= ?", range.from],
    ["started_at < ?", range.to],
    ...(visitor_id === undefined ? [] : [["visitor_id = ?", visitor_id] as const]),
    ...(fingerprint_id === undefined ? [] : [["fingerprint_id = ?", fingerprint_id] as const]),
    ...botsConditions(bots, excluded),
    ...conditionsOf(query),
  ];
}

function botsConditions(bots: Bots, excluded: boolean): SqlCondition[] {
  if (bots === "include") return excluded ? [["FALSE"]] : [];
  return [(bots === "exclude") === excluded ? ["label = 'bot'"] : ["label IS NOT 'bot'"]];
}

/**
 * One page, newest first. The cursor names a row, not an offset, so that rows inserted meanwhile neither shift nor repeat
 * a page.
 */
export async function listSessions(
  db: D1Database,
  asked: SessionsAsked,
  cursor: SessionCursor | null,
  limit: number,
): Promise<{ sessions: Iterable<Session>; next: SessionCursor | null }> {
  const place: SqlCondition[] = cursor
    ? [["(started_at, session_id) < (?, ?)", cursor.started_at, cursor.session_id]]
    : [];
  const { query, range } = asked;
  const rest = { query, range: { ...range, to: pageEnd(range.to, cursor?.started_at) } };
  const { sql, values } = joinConditions([...conditions(rest, false), ...place]);
  const statement = `SELECT * FROM sessions WHERE ${sql} ORDER BY started_at DESC, session_id DESC LIMIT ?`;
  const { results } = await db
    .prepare(statement)
    .bind(...values, limit + 1)
    .all<SessionColumns>();
  const { page, last } = cutPage(results, limit);
  return { sessions: sessionsOf(page), next: last && { started_at: last.started_at, session_id: last.session_id } };
}

/** One at a time: a session in memory is three times as large as its row, and an export need not hold a page of them. */
function* sessionsOf(rows: readonly SessionColumns[]): Generator<Session> {
  for (const row of rows) yield toSession(row);
}

/** How many sessions `bots` leaves out. Reads their rows, so it is for filters that few sessions pass. */
export async function countExcluded(db: D1Database, asked: SessionsAsked): Promise<number> {
  const { sql, values } = joinConditions(conditions(asked, true));
  const statement = db.prepare(`SELECT count(*) AS n FROM sessions WHERE ${sql}`).bind(...values);
  return (await statement.first<{ n: number }>())?.n ?? 0;
}

export async function findSession(db: D1Database, session_id: string): Promise<Session | null> {
  const row = await db.prepare("SELECT * FROM sessions WHERE session_id = ?").bind(session_id).first<SessionColumns>();
  return row && toSession(row);
}

/** What a session's prefix in R2 is made from, and its site. */
export const findPlace = (db: D1Database, session_id: string): Promise<{ site: string; started_at: number } | null> =>
  db.prepare("SELECT site, started_at FROM sessions WHERE session_id = ?").bind(session_id).first();

/** Sessions begun in [from, to) that have not ended and got no event since `before`: their alarm may be lost. */
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
