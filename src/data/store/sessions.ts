import type { SessionsQuery } from "../../core/api/analytics";
import type { Bots } from "../../core/api/filter";
import { isFields } from "../../core/stored";
import { findSessionNames } from "./event-names";
import { cutPage, pageEnd } from "./page";
import { type Condition, conditionsOf, joinConditions } from "./session-conditions";
import type { SessionColumns } from "./session-row/columns";
import { readDetail } from "./session-row/read";

/** Reading D1's `sessions` and `events`. */

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
function conditions({ query, range }: SessionsAsked, excluded: boolean): Condition[] {
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

function botsConditions(bots: Bots, excluded: boolean): Condition[] {
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
  const place: Condition[] = cursor
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

/** What a row of `events` keeps of an event beside its columns. */
interface EventDetailJson {
  x?: number;
  y?: number;
  scroll_percent?: number;
  data?: Record<string, unknown>;
  late?: true;
  truncated?: true;
}

function parseEventDetail(text: string | null): EventDetailJson {
  if (text === null) return {};
  const detail: unknown = JSON.parse(text);
  if (!isFields(detail)) throw new Error("an event's detail is no object");
  return detail;
}

/** An event as the API shows it. */
export type StoredEvent = ReturnType<typeof toEvent>;

function toEvent({ detail, ...row }: EventRow, name: string | undefined) {
  const parts = parseEventDetail(detail);
  const { x = null, y = null, scroll_percent = null, data = null, late = false, truncated = false } = parts;
  return { ...row, ...(name !== undefined && { name }), x, y, scroll_percent, data, late, truncated };
}

/** One page of a session's events, in the order they were taken. `after` is the seq of the page before. */
export async function listEvents(
  db: D1Database,
  session_id: string,
  after: number,
  limit: number,
): Promise<{ events: StoredEvent[]; next: number | null }> {
  const { results } = await db
    .prepare(
      `SELECT seq, stream, number, at, received_at, event_type, page, element, detail FROM events
       WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    )
    .bind(session_id, after, limit + 1)
    .all<EventRow>();
  const { page, last } = cutPage(results, limit);
  const types = page.map(({ event_type }) => event_type);
  const names = await findSessionNames(db, session_id, types);
  const events = page.map((row) => toEvent(row, names.get(row.event_type)));
  return { events, next: last?.seq ?? null };
}

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
