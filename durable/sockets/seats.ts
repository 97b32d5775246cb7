import {
  nameless,
  readContext,
  type SocketContext,
  type TrackSocketContext,
} from "../../src/core/session/calls/socket";
import { SECOND_MS } from "../../src/time";

/**
 * Sockets of pages on one session, one for each tab of a visitor; and how many of these may come from one address (IPv4, or IPv6
 * /64).
 */
export const MAX_PAGE_SOCKETS = 64;
export const MAX_SENDER_SOCKETS = 16;
/** Those who follow one session have seats of their own: a team that looks at it together. */
export const MAX_WATCHERS = 32;
/** A page opens a socket to send. If nothing of it was taken by then, the socket is closed. */
export const SOCKET_PROOF_MS = 10 * SECOND_MS;

/** Close codes of the contract's kind: the session is not known, or the page has said nothing that was taken. */
const UNKNOWN = 4404;
const SILENT = 4408;
/** The protocol's own code "service restart": the page opens another socket. */
const ANEW = 1012;

/** Sockets that have not been closed here. One whose client does not answer the close is still listed, but has no seat. */
export const openSockets = (ctx: DurableObjectState, tag?: string): WebSocket[] =>
  ctx.getWebSockets(tag).filter(({ readyState }) => readyState === WebSocket.OPEN);

const contextOf = (socket: WebSocket): SocketContext => readContext(socket.deserializeAttachment());

/** Whether no frame of a page's socket was taken yet. Anybody who knows a session's id may open such a socket. */
const isSilent = (socket: WebSocket): boolean => {
  const context = contextOf(socket);
  return context.kind === "track" && !context.is_proved;
};

/**
 * Limits a session's sockets: pages in all, pages of one sender, and, counted apart, followers. A page that says nothing loses its
 * seat after a while, and at once if another page needs it.
 */
export class Seats {
  readonly #ctx: DurableObjectState;
  readonly #isKnown: () => boolean;
  /** Sockets whose session has withdrawn, with their address. It is needed for the limits, and is in memory only. */
  readonly #named = new WeakMap<WebSocket, TrackSocketContext>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ctx: DurableObjectState, isKnown: () => boolean) {
    this.#ctx = ctx;
    this.#isKnown = isKnown;
  }

  /** Why there is no seat; null where there is one. */
  refusal(context: SocketContext): string | null {
    if (context.kind === "watch") {
      return openSockets(this.#ctx, "watch").length >= MAX_WATCHERS ? "too many follow this session" : null;
    }
    if (openSockets(this.#ctx, senderTag(context.sender)).length >= MAX_SENDER_SOCKETS) {
      return "too many sockets of this address";
    }
    const pages = openSockets(this.#ctx, "track");
    if (pages.length < MAX_PAGE_SOCKETS) return null;
    const silent = pages.find(isSilent);
    if (!silent) return "too many sockets";
    this.#close(silent);
    return null;
  }

  /** Takes the seat. It is watched by a timer, not an alarm: for an unknown session nothing may be stored. */
  take(socket: WebSocket, context: SocketContext): void {
    this.#ctx.acceptWebSocket(socket, context.kind === "track" ? ["track", senderTag(context.sender)] : ["watch"]);
    socket.serializeAttachment(context);
    if (context.kind === "track") this.#look(SOCKET_PROOF_MS);
  }

  /** Who a frame comes from. Null if its socket only listens, or is closed here because its address is not known any more. */
  speaker(socket: WebSocket): TrackSocketContext | null {
    const context = contextOf(socket);
    // An analyst's socket only listens.
    if (context.kind !== "track") return null;
    if (!context.is_nameless) return context;
    const named = this.#named.get(socket);
    // Without an address, a sender would have as many budgets as sessions.
    if (!named) socket.close(ANEW, "address_unknown");
    return named ?? null;
  }

  /** Stores the changed context with its socket. */
  keep(socket: WebSocket, context: TrackSocketContext): void {
    const isNameless = this.#named.has(socket);
    if (isNameless) this.#named.set(socket, context);
    socket.serializeAttachment(isNameless ? nameless(context) : context);
  }

  /** The session has withdrawn: no page's socket keeps an address any more. */
  forgetAddresses(): void {
    for (const socket of this.#ctx.getWebSockets("track")) {
      const context = contextOf(socket);
      if (context.kind !== "track" || context.is_nameless) continue;
      this.#named.set(socket, context);
      this.keep(socket, context);
    }
  }

  /** A frame was taken. If no page is silent any more, the timer ends, and the actor may sleep. */
  spoken(): void {
    if (this.#timer === null || openSockets(this.#ctx, "track").some(isSilent)) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const now = Date.now();
      const silent = openSockets(this.#ctx, "track").filter(isSilent);
      const due = silent.map((socket) => contextOf(socket).opened_at + SOCKET_PROOF_MS);
      for (const [i, socket] of silent.entries()) if ((due[i] ?? 0) <= now) this.#close(socket);
      const next = Math.min(...due.filter((at) => at > now));
      if (Number.isFinite(next)) this.#look(next - now);
    }, ms);
  }

  #close(socket: WebSocket): void {
    if (this.#isKnown()) socket.close(SILENT, "silent");
    else socket.close(UNKNOWN, "session_unknown");
  }
}

const senderTag = (sender: string): string => `from ${sender}`;
