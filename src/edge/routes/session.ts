import * as z from "zod";
import { EventsQuery, TicketInput } from "../../core/api/analytics";
import type { Live } from "../../core/session/view";
import { findSession, listEvents } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
import { fromRefusal, Problem, unavailable } from "../../protocol/problem";
import { parseWith } from "../../protocol/track";
import { requireRootKey, seesSite } from "../http/auth";
import { readJson } from "../http/body";
import { readCursor, writeCursor } from "../http/cursor";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { issueTicket } from "../http/tickets";
import { realtimeTicketPath } from "./realtime";
import { normalStreamPath, sessionIdOf, WATCH } from "./socket";

const NO_STORE = { "Cache-Control": "no-store" };

const list = (data: object[], next_cursor: string | null): Response =>
  Response.json({ data, next_cursor }, { headers: NO_STORE });

const unknown = (): Problem => new Problem("session_unknown", "No such session.");

/** `GET /analytics/sessions/:id` */
export const getSession = keyed(async ({ env, params, caller }) => {
  const session = await findSession(env.DB, sessionIdOf(params["id"] ?? "", "not_found"));
  if (!session || !seesSite(caller, session.site)) throw unknown();
  return Response.json({ data: session }, { headers: NO_STORE });
});

/** `GET /analytics/sessions/:id/events` */
export const getSessionEvents = keyed(async (context) => {
  const session_id = sessionIdOf(context.params["id"] ?? "", "not_found");
  const query = readQuery(EventsQuery, context);
  const place = readCursor(`events:${session_id}`, z.tuple([z.number()]), query.cursor);
  const { events, next } = await listEvents(context.env.DB, session_id, place?.[0] ?? 0, query.limit);
  if (context.caller.sites !== null || (events.length === 0 && !place)) {
    const session = await findSession(context.env.DB, session_id);
    if (!session || !seesSite(context.caller, session.site)) throw unknown();
  }
  return list(events, next === null ? null : writeCursor(`events:${session_id}`, next));
});

/** `GET /analytics/sessions/:id/live`: from the actor itself, unflushed entries included. */
export const getLive = keyed(
  async ({ env, params, log, caller }) => {
    const session_id = sessionIdOf(params["id"] ?? "", "not_found");
    let live: string | null;
    try {
      live = await env.SESSION.getByName(session_id).live();
    } catch (error) {
      log.warn("actor_failed", { session_id, error: errorField(error) });
      throw unavailable("The session could not be reached.");
    }
    if (live === null) throw unknown();
    // Only a restricted caller is worth a look inside: the text is passed on as it is.
    if (caller.sites !== null && !seesSite(caller, (JSON.parse(live) as Live).site)) throw unknown();
    return new Response(`{"data":${live}}`, { headers: { "Content-Type": "application/json", ...NO_STORE } });
  },
  ...WATCH,
);

/** `POST /analytics/tickets` */
export const postTicket = keyed(
  async ({ request, env, caller }) => {
    const parsed = parseWith(TicketInput, await readJson(request));
    if (!parsed.ok) throw fromRefusal(parsed.refusal);
    const path = normalStreamPath(parsed.value.path) ?? realtimeTicketPath(parsed.value.path, caller);
    if (!path) throw new Problem("invalid_ticket_path", "path: must be the path of a stream.");
    const { value, expires_at } = await issueTicket(
      requireRootKey(env),
      { path, sites: caller.sites, key_id: caller.key_id },
      Date.now(),
    );
    return Response.json(
      { data: { ticket: value, protocol: `ticket.${value}`, path, expires_at } },
      { headers: NO_STORE },
    );
  },
  ...WATCH,
);
