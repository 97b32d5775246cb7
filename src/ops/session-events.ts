import type { Env } from "../bindings";
import type { SessionEvent } from "../core/api/answers";
import type { EventEntry } from "../core/session/entry";
import { shownDetail } from "../core/session/event-detail";
import { readFlushesAfter, sessionPrefix } from "../data/store/archive";
import type { EventsPage } from "../data/store/events";
import { logAfter } from "./whole-log";

/** What a session's row says of where its events are. */
export interface ArchivedSession {
  session_id: string;
  started_at: number;
}

/**
 * One page of the events of a session that has no rows of them, in the order they were taken: from the archive, and what its actor
 * has not written there yet. `after` is the seq of the page before. Throws when the actor or R2 does not answer.
 */
export async function archivedEvents(
  env: Pick<Env, "SESSION" | "TRACKING_R2">,
  { session_id, started_at }: ArchivedSession,
  after: number,
  limit: number,
): Promise<EventsPage> {
  // Asked before R2 is listed: what it writes there in between is in both, and its seq shows that.
  const live = await env.SESSION.getByName(session_id).unarchived();
  const tail = live?.started_at === started_at ? live.body : "";
  const found: SessionEvent[] = [];
  const flushes = readFlushesAfter(env.TRACKING_R2, sessionPrefix(session_id, started_at), after);
  for await (const entries of logAfter(flushes, tail, after)) {
    for (const entry of entries) {
      if (entry.kind !== "event") continue;
      if (found.length === limit) return { events: found, next: found.at(-1)?.seq ?? after };
      found.push(shown(entry));
    }
  }
  return { events: found, next: null };
}

/** The archive has the whole of an event's data, so nothing is truncated. */
function shown({ detail = {}, name, ...entry }: EventEntry): SessionEvent {
  return {
    seq: entry.seq,
    stream: entry.stream,
    number: entry.number,
    at: entry.at,
    received_at: entry.received_at,
    event_type: entry.event_type,
    page: entry.page ?? null,
    element: entry.element ?? null,
    ...(name !== undefined && { name }),
    ...shownDetail(detail),
    late: entry.late ?? false,
    truncated: false,
  };
}
