import type { Unarchived } from "../../bindings";
import { NoQuery } from "../../core/api/analytics";
import { type Entry, readEntries } from "../../core/session/entry";
import { readFlushes, sessionPrefix } from "../../data/store/archive";
import { findPlace } from "../../data/store/sessions";
import { errorField } from "../../ops/logger";
import { Problem, unavailable } from "../../protocol/problem";
import { seesSite } from "../http/auth";
import type { Context } from "../http/context";
import { exportFormat, exportRows } from "../http/export";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { streamText } from "../http/stream";
import { sessionIdOf } from "./socket";

/**
 * `GET /analytics/sessions/:id/replay`: every entry of a session, oldest first. The actor is asked before R2 is listed:
 * what it hands over in between is then in both, and told apart by its seq; the other way round it could be in neither.
 */
export const getReplay = keyed(async (context) => {
  readQuery(NoQuery, context);
  const { env, request, params, caller } = context;
  const session_id = sessionIdOf(params["id"] ?? "", "not_found");
  const live = await askActor(context, session_id);
  const place = live ?? (await findPlace(env.DB, session_id));
  if (!place || !seesSite(caller, place.site)) throw new Problem("session_unknown", "No such session.");
  const entries = merged(env.TRACKING_R2, sessionPrefix(session_id, place.started_at), live?.body ?? "");
  const lines = exportFormat(request) === "ndjson";
  if (lines) return exportRows({ format: "ndjson", name: session_id, columns: [], pages: entries });
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", Vary: "Accept" };
  return new Response(streamText(asList(entries)), { headers });
});

async function askActor({ env, log }: Context, session_id: string): Promise<Unarchived | null> {
  try {
    return await env.SESSION.getByName(session_id).unarchived();
  } catch (error) {
    log.warn("actor_failed", { session_id, error: errorField(error) });
    throw unavailable("The session could not be reached.");
  }
}

/** Entry by entry: a flush at a time, then the tail; each seq once. */
async function* merged(bucket: R2Bucket, prefix: string, tail: string): AsyncGenerator<Entry[]> {
  let last = 0;
  const fresh = (entries: Entry[]): Entry[] => {
    const rest = entries.filter((entry) => entry.seq > last);
    last = rest.at(-1)?.seq ?? last;
    return rest;
  };
  for await (const { entries } of readFlushes(bucket, prefix)) yield fresh(entries);
  yield fresh(readEntries(tail));
}

async function* asList(parts: AsyncIterable<Entry[]>): AsyncGenerator<string> {
  // Said before anything is fetched: a caller need not wait for R2 to know that the session is there.
  yield '{"data":[';
  let comma = "";
  for await (const entries of parts) {
    if (entries.length === 0) continue;
    yield comma + entries.map((entry) => JSON.stringify(entry)).join(",");
    comma = ",";
  }
  yield '],"next_cursor":null}';
}
