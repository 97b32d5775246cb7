import { type EventEntry, readEntries } from "../../core/session/entry";

/**
 * How much of an event's data D1 keeps; the archive has all of it. Most events have under 200 bytes, and at the full 2.5 KB one
 * address could fill a database in twenty minutes.
 */
const EVENT_DATA_BYTES = 1_024;

/** D1's side of a flush: the projection of one session's journal. Every statement may be repeated at will. */

/**
 * The `detail` of an event in `entries`, as JSON, with its data cut to the first fields that fit, in the order in which they came.
 */
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

/** Events from journal text: JSON objects joined by commas, other kinds of entry and `shed` events among them. */
export const insertEvents = (db: D1Database, session_id: string, body: string): D1PreparedStatement =>
  db.prepare(INSERT_EVENTS).bind(session_id, `[${body}]`);

// SQLite refuses the row itself: trying again cannot help. Anything else (a missing table included, which a migration
// mends) is an outage and is retried.
const REFUSAL = /SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)|malformed JSON|string or blob too big/i;

export const isRefusal = (error: unknown): boolean => error instanceof Error && REFUSAL.test(error.message);

/**
 * Finds, by halving, the events that D1 refuses, and writes the rest. Stops after `maxCalls` writes. The caller keeps what was
 * found by then, so that the next attempt starts further on.
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
