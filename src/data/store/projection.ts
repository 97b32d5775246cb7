import { type EventEntry, readEntries } from "../../core/session/entry";
import { type Head, identityMark } from "../../core/session/head";
import type { Progress } from "../../core/session/progress";
import type { SessionState } from "../../core/session/state";
import { columns, summary } from "../../core/session/view";
import { withQuarantined, writeDetail } from "./detail";

/**
 * What D1 keeps of an event's data; the archive has the whole. Most have under 200 bytes, and at the full 2.5 KB one address
 * could fill a database in twenty minutes.
 */
const EVENT_DATA_BYTES = 1_024;

/** D1's side of a flush: the projection of one session's journal. Every statement may be repeated at will. */

/** An event's `detail` as JSON, of a row `entries`, its data cut: the first of its fields that fit, in the order they came. */
const CUT_DETAIL = `json_set(entry -> 'detail', '$.truncated', json('true'), '$.data', (
  SELECT json(json_group_object(key, entry -> fullkey)) FROM (
    SELECT key, fullkey, sum(octet_length(key) + octet_length(entry -> fullkey) + 4) OVER (ORDER BY id) AS bytes
    FROM json_each(entry, '$.detail.data'))
  WHERE bytes <= ${EVENT_DATA_BYTES}))`;

/**
 * One parameter for any number of rows. The conflict target is named, so that only a repeat is passed over in silence:
 * OR IGNORE would also swallow rows that break another constraint. MATERIALIZED, because each mention of json_each's
 * value would otherwise render the object anew.
 */
const INSERT_EVENTS = `
  INSERT INTO events (session_id, seq, stream, number, at, received_at, event_type, page, element, detail)
  WITH entries AS MATERIALIZED (SELECT value AS entry FROM json_each(?2))
  SELECT ?1, entry ->> 'seq', entry ->> 'stream', entry ->> 'number', entry ->> 'at', entry ->> 'received_at',
         entry ->> 'event_type', entry ->> 'page', entry ->> 'element',
         CASE WHEN entry ->> 'late' THEN json_set(coalesce(detail, '{}'), '$.late', json('true')) ELSE detail END
  FROM (
    SELECT entry, CASE WHEN octet_length(entry -> '$.detail.data') > ${EVENT_DATA_BYTES} THEN ${CUT_DETAIL}
                       ELSE entry -> 'detail' END AS detail
    FROM entries WHERE entry ->> 'kind' = 'event' AND entry ->> 'shed' IS NULL)
  WHERE true
  ON CONFLICT (session_id, seq) DO NOTHING`;

/**
 * Guarded by last_seq: a write that stalled in D1 and lands late changes nothing. The indexed columns are only named when
 * they may differ from the row's: SQLite rewrites, and D1 bills, an index entry whenever a SET names its column.
 */
const upsert = (alsoSet: string): string => `
  INSERT INTO sessions (session_id, site, visitor_id, fingerprint_id, started_at, last_event_at, ended_at, ip, asn,
                        country, label, engagement, bot, vpn, risk, events, last_seq, detail)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
  ON CONFLICT (session_id) DO UPDATE SET
    ${alsoSet} last_event_at = excluded.last_event_at, ended_at = excluded.ended_at, country = excluded.country,
    label = excluded.label, engagement = excluded.engagement, bot = excluded.bot, vpn = excluded.vpn,
    risk = excluded.risk, events = excluded.events, last_seq = excluded.last_seq, detail = excluded.detail
  WHERE excluded.last_seq > sessions.last_seq`;

const IDENTITY = `visitor_id = excluded.visitor_id, fingerprint_id = excluded.fingerprint_id, ip = excluded.ip,
    asn = excluded.asn,`;
const UPSERT = {
  same: upsert(""),
  identity: upsert(IDENTITY),
  whole: upsert(`site = excluded.site, started_at = excluded.started_at, ${IDENTITY}`),
};

/** Events from journal text: JSON objects joined by commas, other kinds of entry and `shed` events among them. */
export const insertEvents = (db: D1Database, session_id: string, body: string): D1PreparedStatement =>
  db.prepare(INSERT_EVENTS).bind(session_id, `[${body}]`);

/** A session's row as of a plan's end, made before the first await: what happens meanwhile is not in it. */
export interface SessionRow {
  statement: string;
  values: (string | number | null)[];
  /** The summary, as `writeDetail` gives it. */
  detail: string;
}

export function sessionRow(head: Head, state: SessionState, progress: Progress): SessionRow {
  const { scores, ...row } = columns(head, state);
  const mark = identityMark(head);
  const { identity_in_d1 } = progress;
  // Nobody is always written out: that D1 holds nobody already is never taken for granted.
  const isSame = mark !== 0 && identity_in_d1 === mark;
  return {
    statement: identity_in_d1 === null ? UPSERT.whole : isSame ? UPSERT.same : UPSERT.identity,
    values: [
      row.session_id,
      row.site,
      row.visitor_id,
      row.fingerprint_id,
      row.started_at,
      row.last_event_at,
      row.ended_at,
      row.ip,
      row.asn,
      row.country,
      row.label,
      scores.engagement,
      scores.bot,
      scores.vpn,
      scores.risk,
      row.events,
      row.last_seq,
    ],
    detail: writeDetail(summary(head, state, progress), { ...row, ...scores }),
  };
}

/** `quarantined`: events of this plan that D1 refused, on top of those before. */
export function upsertSession(db: D1Database, row: SessionRow, quarantined: number): D1PreparedStatement {
  return db.prepare(row.statement).bind(...row.values, withQuarantined(row.detail, quarantined));
}

// SQLite refuses the row itself: trying again cannot help. Anything else (a missing table included, which a migration
// mends) is an outage and is retried.
const REFUSAL = /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)|malformed JSON|string or blob too big/i;

export const isRefusal = (error: unknown): boolean => error instanceof Error && REFUSAL.test(error.message);

/**
 * Finds, by halving, the events that D1 refuses one by one, and writes the rest. Stops after `maxCalls` writes: what was
 * found by then is kept by the caller, so that the next attempt starts further on.
 */
export async function isolate(
  db: D1Database,
  session_id: string,
  events: EventEntry[],
  maxCalls: number,
): Promise<{ refused: number[]; complete: boolean }> {
  const refused: number[] = [];
  const open = [events];
  for (let calls = 0; open.length > 0; calls++) {
    if (calls >= maxCalls) return { refused, complete: false };
    const part = open.pop() ?? [];
    try {
      await insertEvents(db, session_id, part.map((event) => JSON.stringify(event)).join(",")).run();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const middle = Math.ceil(part.length / 2);
      if (part.length > 1) open.push(part.slice(0, middle), part.slice(middle));
      else refused.push(...part.map((event) => event.seq));
    }
  }
  return { refused, complete: true };
}

/** The events of journal text that D1 is to hold, without the seqs in `refused`. */
export function eventsOf(body: string, refused: readonly number[]): EventEntry[] {
  const entries = readEntries(body);
  return entries
    .filter((entry) => entry.kind === "event")
    .filter((event) => !event.shed && !refused.includes(event.seq));
}
