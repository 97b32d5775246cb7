import type { EventsPage } from "../../data/store/events";
import { errorField } from "../../ops/logger";
import { type ArchivedSession, archivedEvents } from "../../ops/session-events";
import { unavailable } from "../../protocol/problem";
import type { Context } from "./context";

/** One page of the events of a session that the database has no rows of. 503 if its actor or the archive does not answer. */
export async function archivedPage(
  { env, log }: Pick<Context, "env" | "log">,
  session: ArchivedSession,
  after: number,
  limit: number,
): Promise<EventsPage> {
  try {
    return await archivedEvents(env, session, after, limit);
  } catch (error) {
    log.warn("archived_events_failed", { session_id: session.session_id, error: errorField(error) });
    throw unavailable("The session's events could not be read.");
  }
}
