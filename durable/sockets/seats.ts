import { nameless, readContext, type SocketContext, type TrackSocketContext } from "../../src/core/session/socket";
import { SECOND_MS } from "../../src/time";

/** Sockets of pages on one session, one for each tab of a visitor; of these, from one address (IPv4, or IPv6 /64). */
export const MAX_PAGE_SOCKETS = 64;
export const MAX_SENDER_SOCKETS = 16;
/** Those who follow one session have seats of their own: a team that looks at it together. */
export const MAX_WATCHERS = 32;
/** The tracker opens a socket to send by it: one of which nothing was taken by then is nobody's. */
export const SOCKET_PROOF_MS = 10 * SECOND_MS;

/** Close codes of the contract's kind: the session is not known, or the page has said nothing that was taken. */
const UNKNOWN = 4404;
const SILENT = 4408;
/** The protocol's own code: the server begins anew, and so may the page. */
const ANEW = 1012;

/** Those that have not been closed here: one that its client never lets go of is still listed, and has no seat any more. */
export const openSockets = (ctx: DurableObjectState, tag?: string): WebSocket[] =>
  ctx.getWebSockets(tag).filter(({ readyState }) => readyState === WebSocket.OPEN);

const contextOf = (socket: WebSocket): SocketContext => readContext(socket.deserializeAttachment());

/** A page's socket of which no frame was taken yet: whoever knows a session's id may open one. */
const isSilent = (socket: WebSocket): boolean => {
  const context = contextOf(socket);
  return context.kind === "track" && !context.is_proved;
};

/**
 * Who may sit on a session's sockets: pages, so many of one sender, and apart from them those who follow. Who says nothing
 * has to go, and at once where somebody else waits for the seat.
 */
export class Seats {
  readonly #ctx: DurableObjectState;
  readonly #isKnown: () => boolean;
  /** Of sockets whose session has withdrawn, with the address: what frames are limited by, and kept nowhere. */
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

  /** Takes the seat. A timer, not an alarm: nothing of a session that nobody knows may be written down. */
  take(socket: WebSocket, context: SocketContext): void {
    this.#ctx.acceptWebSocket(socket, context.kind === "track" ? ["track", senderTag(context.sender)] : ["watch"]);
    socket.serializeAttachment(context);
    if (context.kind === "track") this.#look(SOCKET_PROOF_MS);
  }

  /** Who a frame comes from. Null: from nobody that takes part, or its socket was closed, so that the page says anew who it is. */
  speaker(socket: WebSocket): TrackSocketContext | null {
    const context = contextOf(socket);
    // An analyst's socket only listens.
    if (context.kind !== "track") return null;
    if (!context.is_nameless) return context;
    const named = this.#named.get(socket);
    // Whoever could spend under no address would have as many budgets as sessions.
    if (!named) socket.close(ANEW, "address_unknown");
    return named ?? null;
  }

  /** Keeps with a socket what has changed of its context. */
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

  /** A frame was taken: where nobody is silent any more nobody is waited for, and the actor may sleep. */
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
