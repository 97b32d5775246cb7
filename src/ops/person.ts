import type { Env } from "../env";
import { ERASURE_STEP_SESSIONS } from "../limits";
import { mergeChunks } from "../recording/merge";
import type { Entry } from "../session/entry";
import { readFlushes, readIdentities, sessionPrefix } from "../store/archive";
import { everySessionOf, leadsOf, readLead } from "../store/erasures";
import { listChunks, readChunk } from "../store/recordings";
import { findSession } from "../store/sessions";
import { liveSessionsOf } from "./live";

type Stores = Pick<Env, "DB" | "TRACKING_R2" | "SESSION" | "ROSTER">;

/** A person's own data as one JSON object, piece by piece: each session with its row, its identity objects, its log. */
export async function* personPieces(
  env: Stores,
  visitorId: string,
  sites: readonly string[] | null,
): AsyncGenerator<string> {
  yield `{"data":{"visitor_id":${JSON.stringify(visitorId)},"sessions":[`;
  const ids: string[] = [];
  let comma = "";
  for await (const { session_id, started_at } of everySessionOf(env.DB, visitorId, sites, ERASURE_STEP_SESSIONS)) {
    ids.push(session_id);
    yield comma;
    comma = ",";
    yield* sessionPieces(env, session_id, started_at);
  }
  // Those that no store knows yet.
  for (const session_id of await liveSessionsOf(env.ROSTER, visitorId, sites)) {
    const live = ids.includes(session_id) ? null : await env.SESSION.getByName(session_id).unarchived();
    if (!live) continue;
    ids.push(session_id);
    yield comma;
    comma = ",";
    yield* sessionPieces(env, session_id, live.started_at);
  }
  yield '],"leads":[';
  comma = "";
  for (const lead_id of await leadsOf(env.DB, visitorId, sites, ids)) {
    yield comma + JSON.stringify(await readLead(env.DB, lead_id));
    comma = ",";
  }
  yield "]}}";
}

async function* sessionPieces(env: Stores, session_id: string, started_at: number): AsyncGenerator<string> {
  const prefix = sessionPrefix(session_id, started_at);
  const unarchived = await env.SESSION.getByName(session_id).unarchived();
  const session = JSON.stringify(await findSession(env.DB, session_id));
  const identity = JSON.stringify(await readIdentities(env.TRACKING_R2, prefix));
  yield `{"session_id":"${session_id}","session":${session},"identity":${identity},"entries":[`;
  let [comma, last] = ["", 0];
  const text = (entries: Entry[]): string => {
    const fresh = entries.filter(({ seq }) => seq > last);
    last = fresh.at(-1)?.seq ?? last;
    const piece = fresh.map((entry) => JSON.stringify(entry)).join(",");
    const joined = piece === "" ? "" : comma + piece;
    if (piece !== "") comma = ",";
    return joined;
  };
  for await (const { entries } of readFlushes(env.TRACKING_R2, prefix)) yield text(entries);
  yield `${text(JSON.parse(`[${unarchived?.body ?? ""}]`) as Entry[])}],"recording":[`;
  comma = "";
  const chunks = await listChunks(env.TRACKING_R2, prefix);
  for await (const events of mergeChunks(chunks, ({ key }) => readChunk(env.TRACKING_R2, key))) {
    yield comma + events.map((event) => JSON.stringify(event)).join(",");
    comma = ",";
  }
  yield "]}";
}
