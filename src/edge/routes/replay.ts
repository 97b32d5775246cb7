import type { Unarchived } from "../../bindings";
import { NoQuery } from "../../core/api/analytics";
import { sessionPrefix } from "../../data/store/archive";
import { findPlace } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
import { wholeLog } from "../../ops/whole-log";
import { Problem, unavailable } from "../../protocol/problem";
import { seesSite } from "../http/auth";
import type { Context } from "../http/context";
import { exportFormat, exportRows } from "../http/export";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { sessionIdOf } from "../http/session-actor";
import { listPieces, streamText } from "../http/stream";

/**
 * `GET /analytics/sessions/:id/replay`: every entry of a session, oldest first. The actor is asked before R2 is listed, so that an
 * entry that it writes to R2 in between is in both answers, and its seq shows that. The other way round it could be in neither.
 */
export const getReplay = keyed(async (context) => {
  readQuery(NoQuery, context);
  const { env, request, params, caller } = context;
  const session_id = sessionIdOf(params["id"], "not_found");
  const live = await askActor(context, session_id);
  const place = live ?? (await findPlace(env.DB, session_id));
  if (!place || !seesSite(caller, place.site)) throw new Problem("session_unknown", "No such session.");
  const entries = wholeLog(env.TRACKING_R2, sessionPrefix(session_id, place.started_at), live?.body ?? "");
  const lines = exportFormat(request) === "ndjson";
  if (lines) return exportRows({ format: "ndjson", name: session_id, columns: [], pages: entries });
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", Vary: "Accept" };
  return new Response(streamText(listPieces(entries)), { headers });
});

async function askActor({ env, log }: Context, session_id: string): Promise<Unarchived | null> {
  try {
    return await env.SESSION.getByName(session_id).unarchived();
  } catch (error) {
    log.warn("actor_failed", { session_id, error: errorField(error) });
    throw unavailable("The session could not be reached.");
  }
}
