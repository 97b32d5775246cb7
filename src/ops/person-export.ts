import type { Env } from "../bindings";
import { mergeChunks } from "../core/recording/merge";
import { isSameLife, type Life, sortLives, withRow } from "../core/session/calls/life";
import { isProvable } from "../core/session/calls/visitor-id";
import { readIdentities, sessionPrefix } from "../data/store/archive";
import { everySessionOf, hostOf, leadsByKeys, leadsClaiming, leadsOf, type SessionPlace } from "../data/store/erasures";
import {
  findLead,
  findSubmission,
  listSubmissions,
  type StoredSubmission,
  type SubmitPlace,
} from "../data/store/lead-list";
import { listChunks, readChunk } from "../data/store/recordings";
import { findSession } from "../data/store/sessions";
import { ERASURE_STEP_LEADS, ERASURE_STEP_SESSIONS, ERASURE_STEP_SUBMITS } from "../limits";
import { itemPieces } from "./json-pieces";
import { liveSessionsOf } from "./live-sessions";
import { wholeLog } from "./whole-log";

type PersonStores = Pick<Env, "DB" | "TRACKING_R2" | "SESSION" | "ROSTER">;

/** A life of a session's id that names the visitor. */
interface VisitorLife {
  session_id: string;
  started_at: number;
  isProven: boolean;
  /** No life of the id is anybody else's. */
  isAlone: boolean;
}

/**
 * The lives that name a visitor, and whether each has shown that it is theirs. Sessions are found as an erasure finds them: those
 * in D1, then those that only the roster knows.
 */
async function* visitorLives(
  env: PersonStores,
  visitor_id: string,
  sites: readonly string[] | null,
): AsyncGenerator<VisitorLife> {
  const met = new Set<string>();
  for await (const row of everySessionOf(env.DB, visitor_id, sites, ERASURE_STEP_SESSIONS)) {
    met.add(row.session_id);
    yield* livesIn(env, visitor_id, row.session_id, row);
  }
  for (const session_id of await liveSessionsOf(env.ROSTER, visitor_id, sites)) {
    if (!met.has(session_id)) yield* livesIn(env, visitor_id, session_id, null);
  }
}

async function* livesIn(
  { SESSION }: PersonStores,
  visitor_id: string,
  session_id: string,
  row: SessionPlace | null,
): AsyncGenerator<VisitorLife> {
  const lives = withRow(await SESSION.getByName(session_id).told(), visitor_id, row);
  const { theirs, claimed } = sortLives(lives, visitor_id);
  const place = ({ start }: Life) => ({ session_id, started_at: start });
  const isProven = isProvable(visitor_id);
  for (const life of theirs) yield { ...place(life), isProven, isAlone: theirs.length === lives.length };
  for (const life of claimed) yield { ...place(life), isProven: false, isAlone: claimed.length === lives.length };
}

/**
 * A visitor's data as one JSON object, piece by piece: each session with its row, its identity objects and its log. What names them
 * without having shown that it is them stands apart, under `unproven`.
 */
export async function* visitorPieces(
  env: PersonStores,
  visitor_id: string,
  sites: readonly string[] | null,
): AsyncGenerator<string> {
  const proven: VisitorLife[] = [];
  const apart: VisitorLife[] = [];
  yield `{"data":{"visitor_id":${JSON.stringify(visitor_id)},"sessions":[`;
  for await (const place of visitorLives(env, visitor_id, sites)) {
    if (!place.isProven) apart.push(place);
    else {
      if (proven.length > 0) yield ",";
      proven.push(place);
      yield* sessionPieces(env, place.session_id, place.started_at);
    }
  }
  // A session id that others have had too would lead to their leads, so only ids with one owner are used.
  const alone = (places: readonly VisitorLife[]): string[] =>
    places.filter(({ isAlone }) => isAlone).map(({ session_id }) => session_id);
  const claimed = alone(apart);
  const theirs = isProvable(visitor_id) ? await leadsOf(env.DB, visitor_id, sites, alone(proven)) : [];
  const others = isProvable(visitor_id)
    ? await leadsClaiming(env.DB, visitor_id, sites, claimed)
    : await leadsOf(env.DB, visitor_id, sites, claimed);
  yield '],"leads":[';
  yield* leadsPieces(env.DB, theirs);
  yield '],"unproven":{"sessions":[';
  for (const [i, { session_id, started_at }] of apart.entries()) {
    if (i > 0) yield ",";
    yield* sessionPieces(env, session_id, started_at);
  }
  yield '],"leads":[';
  yield* leadsPieces(
    env.DB,
    others.filter((lead_id) => !theirs.includes(lead_id)),
  );
  yield "]}}}";
}

async function* leadsPieces(db: D1Database, leadIds: readonly string[]): AsyncGenerator<string> {
  for (const [i, lead_id] of leadIds.entries()) {
    if (i > 0) yield ",";
    yield* leadPieces(db, lead_id);
  }
}

/** The data of a person without a visitor id: the leads that one of the keys finds. */
export async function* personPieces(
  db: D1Database,
  keys: readonly string[],
  sites: readonly string[] | null,
): AsyncGenerator<string> {
  yield '{"data":{"leads":[';
  let comma = "";
  let last = "";
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

/** A lead with its own submits, oldest first. Of a guest only its submit, without the lead, which is another person's. */
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

async function* sessionPieces(env: PersonStores, session_id: string, started_at: number): AsyncGenerator<string> {
  const prefix = sessionPrefix(session_id, started_at);
  // D1's row and the actor are of the newest life that they know, which may be another.
  const isOfThis = (one: { started_at: number } | null): boolean =>
    one !== null && isSameLife(one.started_at, started_at);
  const [live, row] = [await env.SESSION.getByName(session_id).unarchived(), await findSession(env.DB, session_id)];
  const unarchived = isOfThis(live) ? live : null;
  const session = JSON.stringify(isOfThis(row) ? row : null);
  const identity = JSON.stringify(await readIdentities(env.TRACKING_R2, prefix));
  yield `{"session_id":"${session_id}","session":${session},"identity":${identity},"entries":[`;
  yield* itemPieces(wholeLog(env.TRACKING_R2, prefix, unarchived?.body ?? ""));
  yield '],"recording":[';
  const chunks = await listChunks(env.TRACKING_R2, prefix);
  yield* itemPieces(mergeChunks(chunks, ({ key }) => readChunk(env.TRACKING_R2, key)));
  yield "]}";
}
