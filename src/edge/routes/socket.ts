import { senderOf } from "../../core/network/address";
import type { CallContext } from "../../core/session/calls/call";
import { type NewSocket, socketRequest } from "../../core/session/calls/socket";
import { sha256 } from "../../core/sha256";
import { UNAVAILABLE_RETRY_SECONDS } from "../../limits";
import { errorField } from "../../ops/logger";
import { Problem, type ProblemCode, unavailable } from "../../protocol/problem";
import { SessionId } from "../../protocol/values";
import { admit } from "../http/admit";
import { requireRootKey } from "../http/auth";
import type { Context, Handler } from "../http/context";
import { addressOf, limitApi, limitTrack } from "../http/rate";
import { sessionIdOf } from "../http/session-actor";
import { requireOpenKey, requireTicket, requireUpgrade } from "../http/stream-access";
import { offeredTicket } from "../http/tickets";

/** A close code of ours: the site takes nothing from the page's origin. */
const CLOSE_ORIGIN = 4403;

/** `GET /track/socket`: a page's socket. It may bring a start, so it is limited like one. */
export const openTrackSocket: Handler = async (context) => {
  const { request, env, url } = context;
  requireUpgrade(request);
  await limitTrack(env, request);
  const session_id = sessionIdOf(url.searchParams.get("session_id"), "invalid_query");
  let caller: CallContext;
  try {
    caller = await admit(context, session_id, null, {});
  } catch (error) {
    // A page cannot read the status of a refused upgrade, only a close code.
    if (error instanceof Problem && error.code === "origin_not_allowed") return closed(CLOSE_ORIGIN, error.code);
    throw error;
  }
  return open(context, {
    kind: "track",
    ...caller,
    ticket: null,
    protocol: null,
    opened_at: Date.now(),
    sender: await senderToken(context, session_id),
    is_proved: false,
    strikes: 0,
  });
};

/** Tells sockets of one address on a session apart from others', without naming the address. */
const senderToken = async ({ request, env }: Context, session_id: string): Promise<string> =>
  (await sha256(`${env.ADDRESS_HASH_SECRET ?? ""} ${session_id} ${senderOf(addressOf(request))}`)).slice(0, 16);

function closed(code: number, reason: string): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return new Response(null, { status: 101, webSocket: client });
}

/** `GET /analytics/sessions/:id/stream`: follows a session. By ticket from a browser, by key from anywhere else. */
export const openSessionStream: Handler = async (context) => {
  const { request, env, params } = context;
  requireUpgrade(request);
  await limitApi(env, request);
  const session_id = sessionIdOf(params["id"], "not_found");
  const offered = offeredTicket(request.headers);
  const ticket = offered && (await requireTicket(context, requireRootKey(env), offered.value, streamPath(session_id)));
  const { sites, key_id } = ticket ?? (await requireOpenKey(context));
  return open(context, {
    kind: "watch",
    session_id,
    sites,
    key_id,
    ticket,
    protocol: offered?.protocol ?? null,
    opened_at: Date.now(),
  });
};

/** The path of a session's stream, in the one form in which tickets are compared. */
const streamPath = (session_id: string): string => `/analytics/sessions/${session_id}/stream`;

const STREAM_PATH = /^\/analytics\/sessions\/([0-9a-f-]{36})\/stream$/i;

/** A path in the one form in which tickets are compared; null if it is no session's stream. */
export function normalStreamPath(path: string): string | null {
  const id = SessionId.safeParse(STREAM_PATH.exec(path)?.[1]);
  return id.success ? streamPath(id.data) : null;
}

/** What an actor's status means. Any other is `unavailable`. */
const REFUSED: Record<number, ProblemCode> = { 401: "ticket_invalid", 404: "session_unknown", 429: "rate_limited" };

async function open({ env, log }: Context, socket: NewSocket): Promise<Response> {
  let response: Response;
  try {
    response = await env.SESSION.getByName(socket.session_id).fetch(socketRequest(socket));
  } catch (error) {
    log.warn("actor_failed", { session_id: socket.session_id, error: errorField(error) });
    throw unavailable("The session could not be reached.");
  }
  if (response.status === 101) return response;
  const code = REFUSED[response.status] ?? "unavailable";
  const extras = response.status === 429 ? { retryAfter: UNAVAILABLE_RETRY_SECONDS } : {};
  throw new Problem(code, `The stream was refused: ${await response.text()}.`, extras);
}
