import { senderOf } from "../../core/network/address";
import type { CallContext } from "../../core/session/call";
import { type NewSocket, socketRequest } from "../../core/session/socket";
import { sha256 } from "../../core/sha256";
import { UNAVAILABLE_RETRY_SECONDS } from "../../limits";
import { isKeyOpen, ROOT_KEY } from "../../ops/keyring";
import { errorField } from "../../ops/logger";
import { SessionId } from "../../protocol/fields";
import { headerOf } from "../../protocol/header";
import { invalidQuery, Problem, type ProblemCode, unavailable } from "../../protocol/problem";
import { type Caller, requireKey, requireRootKey } from "../http/auth";
import type { Context, Handler } from "../http/context";
import { addressOf, limitApi, limitTrack } from "../http/rate";
import { offeredTicket, readTicket, type Ticket } from "../http/tickets";
import { admit } from "./track";

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
    if (error instanceof Problem && error.code === "origin_not_allowed") return closed(4403, error.code);
    throw error;
  }
  const sender = await senderToken(context, session_id);
  const opened = { ticket: null, protocol: null, opened_at: Date.now() };
  return open(context, { kind: "track", ...caller, ...opened, sender, is_proved: false, strikes: 0 });
};

/** Counts the sockets of one address on a session without naming it. */
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
  const session_id = sessionIdOf(params["id"] ?? "", "not_found");
  const offered = offeredTicket(request.headers);
  if (!offered) {
    const { sites, key_id } = await requireOpenKey(context);
    const opened = { ticket: null, protocol: null, opened_at: Date.now() };
    return open(context, { kind: "watch", session_id, sites, key_id, ...opened });
  }
  const key = requireRootKey(env);
  const ticket = await requireTicket(context, key, offered.value, streamPath(session_id));
  const { sites, key_id } = ticket;
  const opened = { ticket, protocol: offered.protocol, opened_at: Date.now() };
  return open(context, { kind: "watch", session_id, sites, key_id, ...opened });
};

/** Whether a key opens a stream, by D1's word of this moment: what an isolate remembers may be a minute old. */
const opensStream = async ({ env }: Context, key_id: string): Promise<boolean> =>
  key_id === ROOT_KEY || isKeyOpen(env, key_id, Date.now());

export async function requireOpenKey(context: Context): Promise<Caller> {
  const caller = await requireKey(context.request, context.env, WATCH);
  if (await opensStream(context, caller.key_id)) return caller;
  throw new Problem("key_required", "This key was revoked, or has expired.", {
    headers: { "WWW-Authenticate": "Bearer" },
  });
}

/** A ticket for this path whose key still opens something: it may have been revoked since. */
export async function requireTicket(context: Context, rootKey: string, value: string, path: string): Promise<Ticket> {
  const ticket = await readTicket(rootKey, value, path, Date.now());
  if (ticket && (await opensStream(context, ticket.key_id))) return ticket;
  throw new Problem("ticket_invalid", "This ticket is expired, or opens another stream.");
}

/** Either opens what a session's actor says of itself. */
export const WATCH = ["read", "inspect"] as const;

/** The path a ticket for a session's stream is made out to. */
export const streamPath = (session_id: string): string => `/analytics/sessions/${session_id}/stream`;

const STREAM_PATH = /^\/analytics\/sessions\/([0-9a-f-]{36})\/stream$/i;

/** The path in the one form tickets are compared in; null when it is no stream. */
export function normalStreamPath(path: string): string | null {
  const id = SessionId.safeParse(STREAM_PATH.exec(path)?.[1]);
  return id.success ? streamPath(id.data) : null;
}

export function requireUpgrade(request: Request): void {
  if (headerOf(request.headers, "Upgrade")?.toLowerCase() === "websocket") return;
  throw new Problem("upgrade_required", "Open this path as a WebSocket.", { headers: { Upgrade: "websocket" } });
}

export function sessionIdOf(text: string | null, code: "invalid_query" | "not_found"): string {
  const parsed = SessionId.safeParse(text);
  if (parsed.success) return parsed.data;
  if (code === "invalid_query") throw invalidQuery("session_id", "must be a UUID");
  throw new Problem(code, "A session is named by a UUID.");
}

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
