import type { SessionEvent } from "../../../core/api/answers";
import type { Entry, EventEntry } from "../../../core/session/entry";
import { detailOf } from "../../../core/session/event-detail";
import { call, withQuery } from "../api/client";
import type { List } from "../api/types";

/** A session's log as entries, oldest first. */
export interface Log {
  entries: Entry[];
  /** False if the archive has no log of this session. Then `entries` are only its events, from the database. */
  isWhole: boolean;
}

function entryOf(event: SessionEvent): EventEntry {
  const detail = detailOf(event);
  return {
    kind: "event",
    seq: event.seq,
    at: event.at,
    received_at: event.received_at,
    stream: event.stream,
    number: event.number,
    event_type: event.event_type,
    ...(event.name !== undefined && { name: event.name }),
    ...(event.page !== null && { page: event.page }),
    ...(event.element !== null && { element: event.element }),
    ...(detail && { detail }),
    ...(event.late && { late: true as const }),
  };
}

/** Pages of 100 events read if there is no log: at most 10,000 events. */
const EVENT_PAGES = 100;

async function storedEvents(id: string, signal: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < EVENT_PAGES; page++) {
    const path = withQuery(`/analytics/sessions/${id}/events`, { limit: 100, cursor });
    const answer: List<SessionEvent> = await call(path, { signal });
    entries.push(...answer.data.map(entryOf));
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return entries;
}

export async function readLog(id: string, signal: AbortSignal): Promise<Log> {
  const { data } = await call<List<Entry>>(`/analytics/sessions/${id}/replay`, { signal });
  if (data.length > 0) return { entries: data, isWhole: true };
  return { entries: await storedEvents(id, signal), isWhole: false };
}

/** Adds entries from a stream, in order. Those that are there already are skipped, by their seq. */
export function addEntries(entries: readonly Entry[], added: readonly Entry[]): Entry[] {
  const last = entries.at(-1)?.seq ?? 0;
  const news = added.filter(({ seq }) => seq > last);
  return news.length > 0 ? [...entries, ...news] : (entries as Entry[]);
}
