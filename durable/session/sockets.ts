import type { TrackResult } from "../../src/core/session/calls/result";
import { lasting, readSocket, type SocketContext } from "../../src/core/session/calls/socket";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import type { Head } from "../../src/core/session/head";
import { MAX_USED_TICKETS } from "../../src/limits";
import type { Seats } from "../sockets/seats";
import { handleFrame } from "./frames";
import type { Instance } from "./instance";
import type { SessionMemory } from "./memory";
import type { Watch } from "./watch";

export interface SocketsHost {
  instance: Instance;
  seats: Seats;
  watch: Watch;
  track(call: TrackCall): TrackResult | Promise<TrackResult>;
}

/** A session's sockets: who gets in, and the frames of its pages. */
export class Sockets {
  readonly #host: SocketsHost;
  /** The frame being taken, and those before it. */
  #frames: Promise<void> = Promise.resolve();

  constructor(host: SocketsHost) {
    this.#host = host;
  }

  /** Opens a socket for the Worker, which has checked origin, limits and key. */
  open(request: Request): Response {
    const { instance, seats } = this.#host;
    const context = readSocket(request);
    const now = Date.now();
    const memory = instance.wake(now);
    const full = seats.refusal(context) ?? spentOf(context, memory);
    if (full !== null) return new Response(full, { status: 429 });
    if (context.kind === "watch" && !isShown(memory, context.sites)) {
      return new Response("session_unknown", { status: 404 });
    }
    if (context.ticket && memory && !this.#redeem(memory, context.ticket, now)) {
      return new Response("ticket_invalid", { status: 401 });
    }
    return this.#accept(lasting(context), memory, now);
  }

  /** Takes frames one after the other: hashing a session key takes time, and nothing may overtake the frame with the start. */
  frame(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const turn = this.#frames.then(() => this.#take(socket, message));
    this.#frames = turn.catch(() => {});
    return turn;
  }

  async #take(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const { seats, track } = this.#host;
    const context = seats.speaker(socket);
    if (!context) return;
    await handleFrame(socket, context, message, { track, keep: (of, changed) => seats.keep(of, changed) });
    seats.spoken();
  }

  /** Uses the ticket up, because it opens a socket only once. False if it was used before, or too many are remembered. */
  #redeem(memory: SessionMemory, ticket: { nonce: string; expires_at: number }, now: number): boolean {
    const { progress } = memory;
    const used = progress.used_tickets.filter(([, expires_at]) => expires_at > now);
    if (used.length >= MAX_USED_TICKETS || used.some(([nonce]) => nonce === ticket.nonce)) return false;
    progress.used_tickets = [...used, [ticket.nonce, ticket.expires_at]];
    this.#host.instance.save(progress);
    return true;
  }

  #accept(context: SocketContext, memory: SessionMemory | null, now: number): Response {
    const { instance, seats, watch } = this.#host;
    const { 0: client, 1: server } = new WebSocketPair();
    seats.take(server, context);
    if (memory && hasWithdrawn(memory.head)) seats.forgetAddresses();
    if (context.kind === "watch" && memory) {
      server.send(JSON.stringify({ t: "live", data: watch.live(memory, now) }));
      instance.planKeyCheck(memory, now);
    }
    if (context.kind === "track" && memory && memory.head.site !== context.site) server.close(4404, "session_unknown");
    const headers = context.protocol ? { "Sec-WebSocket-Protocol": context.protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }
}

/** Whether there is a session, of a site that its watcher may see. `sites`: null for all. */
const isShown = (memory: SessionMemory | null, sites: readonly string[] | null): boolean =>
  memory !== null && (sites === null || sites.includes(memory.head.site));

/** Whether it has named somebody, and names nobody any more. */
const hasWithdrawn = ({ identity, identity_version }: Head): boolean => identity === null && identity_version > 0;

/** The refusal if a new session has to wait: what its page would hear with a call. Else null. */
const spentOf = (context: SocketContext, memory: SessionMemory | null): string | null =>
  context.kind === "track" && !memory && context.budget?.new_sessions_wait !== undefined ? "budget_spent" : null;
