import { NoQuery } from "../../core/api/analytics";
import type { Ack } from "../../core/delivery/streams";
import { cleanRecorded } from "../../core/privacy/call";
import { type Chunk, type ChunkCall, parseChunk, type StoredChunk } from "../../core/recording/chunk";
import { gunzip, gzip, isGzip } from "../../core/recording/gzip";
import { mergeChunks } from "../../core/recording/merge";
import { ruleOf } from "../../core/recording/rule";
import type { ChunkResult } from "../../core/session/calls/result";
import { sha256 } from "../../core/sha256";
import { sessionPrefix } from "../../data/store/archive";
import { listChunks, readChunk } from "../../data/store/recordings";
import { findPlace } from "../../data/store/sessions";
import { RECORDING_MAX_BYTES, RECORDING_MAX_TEXT_BYTES } from "../../limits";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { Problem, unwrap } from "../../protocol/problem";
import { admit, checkOrigin, siteOf } from "../http/admit";
import { seesSite } from "../http/auth";
import { decodeText, readBytes } from "../http/body";
import { countBytes } from "../http/byte-limit";
import type { Context, Handler } from "../http/context";
import { exportFormat, exportRows } from "../http/export";
import { keyed } from "../http/keyed";
import { answerPageWith } from "../http/page-call";
import { readQuery } from "../http/query";
import { callActor, refusedCall, sessionIdOf } from "../http/session-actor";
import { listPieces, streamText } from "../http/stream";

/**
 * `POST /track/recording`: a chunk of a page's recording, as JSON or its gzip. Pages send it as text, which saves the round trip
 * of a preflight. The ack is durable: R2 has the chunk.
 */
export const postRecording: Handler = (context) =>
  answerPageWith(
    context,
    async (request) => {
      await refuseEarly(context);
      return readChunkBody(request);
    },
    (chunk) => storeChunk(context, chunk),
  );

async function storeChunk(context: Context, chunk: Chunk): Promise<{ ack: Ack; timestamp: number }> {
  const { session_id, session_key, stream, number, at, sent_at, events } = chunk;
  const { site, gpc, record, allow, budget } = await admit(context, session_id, chunk.site, null);
  if (!record) throw recordsNothing();
  const received_at = Date.now();
  cleanRecorded(events, allow ?? []);
  const stored: StoredChunk = { v: 1, session_id, stream, number, at, sent_at, received_at, events };
  const body = await gzip(JSON.stringify(stored));
  if (body.byteLength > RECORDING_MAX_BYTES) throw tooLarge();
  const call: ChunkCall = {
    v: 1,
    session_id,
    site,
    gpc,
    key_hash: session_key ? await sha256(session_key) : null,
    rule: record,
    stream,
    number,
    at,
    sent_at,
    received_at,
  };
  if (budget) call.budget = budget;
  const result = await callActor<ChunkResult>(context, session_id, true, (actor) => actor.record(call, body));
  if (!result.ok) throw refusedCall(result);
  return { ack: result.ack, timestamp: received_at };
}

/** Refuses a chunk before it is inflated, if its address names a site that records nothing or does not allow the page. */
async function refuseEarly(context: Context): Promise<void> {
  if (!context.url.searchParams.has("site")) return;
  const site = siteOf(context, null);
  const settings = await siteSettings(context.env, site);
  await checkOrigin(context, settings, site);
  if (!ruleOf(settings.record)) throw recordsNothing();
}

const recordsNothing = (): Problem => new Problem("recording_refused", "This site records no pages.");

const tooLarge = (): Problem =>
  new Problem(
    "too_large",
    `A chunk may have at most ${RECORDING_MAX_BYTES} bytes, and ${RECORDING_MAX_TEXT_BYTES} of text.`,
  );

const TYPES = ["application/json", "text/plain", "application/gzip"];

async function readChunkBody(request: Request): Promise<Chunk> {
  const type = (headerOf(request.headers, "Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!TYPES.includes(type)) {
    throw new Problem("unsupported_type", "Send application/json, application/gzip, or text/plain that holds either.");
  }
  const bytes = new Uint8Array(await readBytes(request, RECORDING_MAX_BYTES));
  countBytes(request, bytes.byteLength);
  return unwrap(parseChunk(isGzip(bytes) ? await inflated(request, bytes) : decodeText(bytes)));
}

async function inflated(request: Request, bytes: Uint8Array): Promise<string> {
  let text: string | null;
  try {
    text = await gunzip(bytes, RECORDING_MAX_TEXT_BYTES);
  } catch {
    throw new Problem("invalid_json", "The body begins like gzip, and is none that holds text.");
  }
  countBytes(request, text?.length ?? RECORDING_MAX_TEXT_BYTES);
  if (text === null) throw tooLarge();
  return text;
}

/** `GET /analytics/sessions/:id/recording`: rrweb's events of every page and tab, oldest first. */
export const getRecording = keyed(async (context) => {
  readQuery(NoQuery, context);
  const { env, request, params, caller } = context;
  const session_id = sessionIdOf(params["id"], "not_found");
  const place = await placeOf(context, session_id);
  if (!place || !seesSite(caller, place.site)) throw new Problem("session_unknown", "No such session.");
  const bucket = env.TRACKING_R2;
  const chunks = await listChunks(bucket, sessionPrefix(session_id, place.started_at));
  const events = mergeChunks(chunks, ({ key }) => readChunk(bucket, key));
  if (exportFormat(request) === "ndjson") {
    return exportRows({ format: "ndjson", name: `${session_id}-recording`, columns: [], pages: events });
  }
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", Vary: "Accept" };
  return new Response(streamText(listPieces(events)), { headers });
});

/** D1 knows a session that its actor has forgotten, and the actor one that D1 does not have yet. */
async function placeOf(context: Context, session_id: string): Promise<{ site: string; started_at: number } | null> {
  const known = await findPlace(context.env.DB, session_id);
  return known ?? callActor(context, session_id, true, (actor) => actor.place());
}
