import * as z from "zod";
import { EventsQuery, TicketInput } from "../../core/api/analytics";
import { listEvents } from "../../data/store/events";
import { findSession } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
import { Problem, unavailable, unwrap } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { withArchived } from "../http/archived-page";
import { requireRootKey, seesSite } from "../http/auth";
import { readJson } from "../http/body";
import { readCursor, writeCursor } from "../http/cursor";
import { freshJson } from "../http/json";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { sessionIdOf } from "../http/session-actor";
import { WATCH } from "../http/stream-access";
import { issueTicket } from "../http/tickets";
import { realtimeTicketPath } from "./realtime";
import { normalStreamPath } from "./socket";

const OfSite = z.object({ site: z.string() });

const unknown = (): Problem => new Problem("session_unknown", "No such session.");

/** `GET /analytics/sessions/:id` */
export const getSession = keyed(async ({ env, params, caller }) => {
  const session = await findSession(env.DB, sessionIdOf(params["id"], "not_found"));
  if (!session || !seesSite(caller, session.site)) throw unknown();
  return freshJson({ data: session });
});

/** `GET /analytics/sessions/:id/events` */
export const getSessionEvents = keyed(async (context) => {
  const { env, url, params, caller } = context;
  const session_id = sessionIdOf(params["id"], "not_found");
  const query = readQuery(EventsQuery, { url, caller });
  const list = `events:${session_id}`;
  const after = readCursor(list, z.tuple([z.number()]), query.cursor);
  const seq = after?.[0] ?? 0;
  const rows = await listEvents(env.DB, session_id, seq, query.limit);
  // A caller who sees all sites needs no look at the session, until there are no more rows of its events.
  const isLooked = caller.sites !== null || rows.next === null;
  const session = isLooked ? await findSession(env.DB, session_id) : null;
  const isKnown = session !== null || (caller.sites === null && rows.events.length > 0);
  if (!isKnown || (session && !seesSite(caller, session.site))) throw unknown();
  const { events, next } = await withArchived(context, session, rows, seq, query.limit);
  return freshJson({ data: events, next_cursor: next === null ? null : writeCursor(list, next) });
});

/** `GET /analytics/sessions/:id/live`: from the actor itself, unflushed entries included. */
export const getLive = keyed(
  async ({ env, params, log, caller }) => {
    const session_id = sessionIdOf(params["id"], "not_found");
    let live: string | null;
    try {
      live = await env.SESSION.getByName(session_id).live();
    } catch (error) {
      log.warn("actor_failed", { session_id, error: errorField(error) });
      throw unavailable("The session could not be reached.");
    }
    if (live === null) throw unknown();
    // The text is passed on as it is. It is parsed only for a caller who is restricted to sites.
    if (caller.sites !== null && !seesSite(caller, OfSite.parse(JSON.parse(live)).site)) throw unknown();
    const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
    return new Response(`{"data":${live}}`, { headers });
  },
  ...WATCH,
);

/** `POST /analytics/tickets` */
export const postTicket = keyed(
  async ({ request, env, caller }) => {
    const input = unwrap(parseWith(TicketInput, await readJson(request)));
    const path = normalStreamPath(input.path) ?? realtimeTicketPath(input.path, caller);
    if (!path) throw new Problem("invalid_ticket_path", "path: must be the path of a stream.");
    const asked = { path, sites: caller.sites, key_id: caller.key_id };
    const { value, expires_at } = await issueTicket(requireRootKey(env), asked, Date.now());
    return freshJson({ data: { ticket: value, protocol: `ticket.${value}`, path, expires_at } });
  },
  ...WATCH,
);
