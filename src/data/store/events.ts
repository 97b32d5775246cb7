import type { SessionEvent } from "../../core/api/answers";
import { type EventDetail, shownDetail } from "../../core/session/event-detail";
import { FormError, isFields } from "../../core/stored";
import { findSessionNames } from "./event-names";
import { cutPage } from "./page";

/** Reading D1's `events`. */

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
interface EventDetailJson extends EventDetail {
  late?: true;
  truncated?: true;
}

function parseEventDetail(text: string | null): EventDetailJson {
  if (text === null) return {};
  const detail: unknown = JSON.parse(text);
  if (!isFields(detail)) throw new FormError("an event's detail is no object");
  return detail;
}

/** Some of a session's events, in the order they were taken. */
export interface EventsPage {
  events: SessionEvent[];
  /** The seq of the last, if there are more; null at the end. */
  next: number | null;
}

function toEvent({ detail, ...row }: EventRow, name: string | undefined): SessionEvent {
  const { late = false, truncated = false, ...parts } = parseEventDetail(detail);
  return { ...row, ...(name !== undefined && { name }), ...shownDetail(parts), late, truncated };
}

/** One page of a session's events, in the order they were taken. `after` is the seq of the page before. */
export async function listEvents(
  db: D1Database,
  session_id: string,
  after: number,
  limit: number,
): Promise<EventsPage> {
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
