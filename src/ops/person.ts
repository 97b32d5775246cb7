import type { Env } from "../env";
import { ERASURE_STEP_LEADS, ERASURE_STEP_SESSIONS, ERASURE_STEP_SUBMITS } from "../limits";
import { mergeChunks } from "../recording/merge";
import type { Entry } from "../session/entry";
import { readFlushes, readIdentities, sessionPrefix } from "../store/archive";
import { everySessionOf, hostOf, leadsByKeys, leadsOf } from "../store/erasures";
import { findLead, findSubmission, listSubmissions, type StoredSubmission, type SubmitPlace } from "../store/lead-list";
import { listChunks, readChunk } from "../store/recordings";
import { findSession } from "../store/sessions";
import { liveSessionsOf } from "./live";

type Stores = Pick<Env, "DB" | "TRACKING_R2" | "SESSION" | "ROSTER">;

/** A visitor's own data as one JSON object, piece by piece: each session with its row, its identity objects, its log. */
export async function* visitorPieces(
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
    yield comma;
    comma = ",";
    yield* leadPieces(env.DB, lead_id);
  }
  yield "]}}";
}

/** The same of a person without a visitor id: the leads that one of the keys finds. */
export async function* personPieces(
  db: D1Database,
  keys: readonly string[],
  sites: readonly string[] | null,
): AsyncGenerator<string> {
  yield '{"data":{"leads":[';
  let [comma, last] = ["", ""];
  for (;;) {
    const ids = await leadsByKeys(db, keys, sites, ERASURE_STEP_LEADS, last);
    for (const lead_id of ids) {
      yield comma;
      comma = ",";
      yield* leadPieces(db, lead_id);
      last = lead_id;
    }
    if (ids.length < ERASURE_STEP_LEADS) break;
  }
  yield "]}}";
}

/** A lead with its own submits, oldest first. Of a guest of somebody's lead: its submit, without the lead. */
async function* leadPieces(db: D1Database, lead_id: string): AsyncGenerator<string> {
  if ((await hostOf(db, lead_id)) !== null) {
    yield `{"lead":null,"submissions":${JSON.stringify(await findSubmission(db, lead_id))}}`;
    return;
  }
  yield `{"lead":${JSON.stringify(await findLead(db, lead_id))},"submissions":[`;
  let comma = "";
  for (let after: SubmitPlace | null = null; ; ) {
    const submits: StoredSubmission[] = await listSubmissions(db, lead_id, ERASURE_STEP_SUBMITS, after);
    for (const submit of submits) {
      if (submit.guest) continue;
      yield comma + JSON.stringify(submit);
      comma = ",";
    }
    after = submits.at(-1) ?? null;
    if (submits.length < ERASURE_STEP_SUBMITS) break;
  }
  yield "]}";
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
