import type { EventsPage } from "../../data/store/events";
import type { Session } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
import { archivedEvents } from "../../ops/session-events";
import { unavailable } from "../../protocol/problem";
import type { Context } from "./context";

/**
 * A page of a session's events, of at most `limit` after the seq `after`. `rows` is what the database has of it. If that is its end and
 * the session keeps its events in the archive alone, those follow: rows before them are of an earlier life. 503 if the actor or the
 * archive does not answer.
 */
export async function withArchived(
  { env, log }: Pick<Context, "env" | "log">,
  session: Session | null,
  rows: EventsPage,
  after: number,
  limit: number,
): Promise<EventsPage> {
  if (session?.events_in !== "archive" || rows.next !== null) return rows;
  const { events } = rows;
  try {
    const archived = await archivedEvents(env, session, events.at(-1)?.seq ?? after, limit - events.length);
    return { events: [...events, ...archived.events], next: archived.next };
  } catch (error) {
    log.warn("archived_events_failed", { session_id: session.session_id, error: errorField(error) });
    throw unavailable("The session's events could not be read.");
  }
}
