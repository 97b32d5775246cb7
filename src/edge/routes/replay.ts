import type { Unarchived } from "../../bindings";
import { NoQuery } from "../../core/api/analytics";
import type { Entry } from "../../core/session/entry";
import { readFlushes, sessionPrefix } from "../../data/store/archive";
import { findPlace } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
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
  const entries = merged(env.TRACKING_R2, sessionPrefix(session_id, place.started_at), live?.body ?? "");
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

/** The entries of each flush, then the actor's tail; each seq once. */
async function* merged(bucket: R2Bucket, prefix: string, tail: string): AsyncGenerator<Entry[]> {
  let last = 0;
  const fresh = (entries: Entry[]): Entry[] => {
    const rest = entries.filter((entry) => entry.seq > last);
    last = rest.at(-1)?.seq ?? last;
    return rest;
  };
  for await (const { entries } of readFlushes(bucket, prefix)) yield fresh(entries);
  yield fresh(JSON.parse(`[${tail}]`) as Entry[]);
}
