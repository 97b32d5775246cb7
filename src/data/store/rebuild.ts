import type { SessionState } from "../../core/session/fold/state";
import { insertNames } from "./event-names";
import { eventsOf, insertEvents, isolate, isRefusal } from "./projection";
import { type SessionRow, upsertSession } from "./session-row/row";

/** Writes D1 again from the archive, by the statements that wrote it first. */

/** One flush, as its object has it. */
export interface Flush {
  lo: number;
  hi: number;
  /** Entries as JSON objects joined by commas. */
  body: string;
}

/** Which session, whose names its events have, and whether they have rows. */
interface RebuiltSession {
  session_id: string;
  site: string;
  events_in: "database" | "archive";
}

/** Flushes a batch: below the 100 statements and the size that D1 takes at once. */
const FLUSHES_PER_BATCH = 10;
/** Writes spent on finding, by halving, the rows of one flush that D1 refuses. */
const ISOLATION_CALLS = 500;

/** Whether D1 has this session as of a later entry. Then its actor is ahead of the archive, and D1 is right. */
export async function isAhead(db: D1Database, { seq }: SessionState, session_id: string): Promise<boolean> {
  const sql = "SELECT last_seq FROM sessions WHERE session_id = ?";
  const row = await db.prepare(sql).bind(session_id).first<{ last_seq: number }>();
  return row !== null && row.last_seq > seq;
}

/**
 * Replaces what D1 has of these flushes. The session's row comes last: its absence shows that a rebuild died half-way, and
 * has to run again.
 */
export async function replaceSession(
  db: D1Database,
  { session_id, site, events_in }: RebuiltSession,
  flushes: readonly Flush[],
  row: SessionRow,
): Promise<{ events: number; quarantined: number }> {
  const lo = Math.min(...flushes.map((flush) => flush.lo));
  const hi = Math.max(...flushes.map((flush) => flush.hi));
  await db.batch([
    db.prepare("DELETE FROM sessions WHERE session_id = ? AND last_seq <= ?").bind(session_id, hi),
    db.prepare("DELETE FROM events WHERE session_id = ? AND seq BETWEEN ? AND ?").bind(session_id, lo, hi),
  ]);
  const total = { events: 0, quarantined: 0 };
  const withRows = events_in === "archive" ? [] : flushes;
  for (let i = 0; i < withRows.length; i += FLUSHES_PER_BATCH) {
    const written = await writeFlushes(db, session_id, withRows.slice(i, i + FLUSHES_PER_BATCH));
    total.events += written.events;
    total.quarantined += written.quarantined;
  }
  for (const names of insertNames(db, site, flushes.map(({ body }) => body).join(","))) await names.run();
  await upsertSession(db, row, total.quarantined).run();
  return total;
}

async function writeFlushes(db: D1Database, session_id: string, flushes: readonly Flush[]) {
  try {
    const results = await db.batch(flushes.map(({ body }) => insertEvents(db, session_id, body)));
    return { events: results.reduce((sum, { meta }) => sum + meta.changes, 0), quarantined: 0 };
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  // D1 refuses again what it refused the first time, so find those rows.
  const total = { events: 0, quarantined: 0 };
  for (const { body } of flushes) {
    const events = eventsOf(body, []);
    const { refused, complete } = await isolate(db, session_id, events, ISOLATION_CALLS);
    if (!complete) throw new Error("more events to isolate than one call may");
    total.events += events.length - refused.length;
    total.quarantined += refused.length;
  }
  return total;
}
