import type { CallContext } from "./call";

/** A visitor's socket sends frames; an analyst's follows the session. */
interface Common {
  session_id: string;
  /** The ticket the Worker has verified, to be used once; null when a key opened the socket. */
  ticket: { nonce: string; expires_at: number } | null;
  /** The subprotocol to answer with, null when none was offered. */
  protocol: string | null;
  /** Epoch ms. */
  opened_at: number;
}

export interface TrackSocketContext extends Common, CallContext {
  kind: "track";
  /** Stands for its address on this session, and nowhere else. */
  sender: string;
  /** A frame of it was taken. */
  is_proved: boolean;
  /** Refused frames in a row. */
  strikes: number;
  /** Its session has withdrawn: whom a frame comes from is not kept with the socket. Absent: it is. */
  is_nameless?: true;
}

export interface WatchSocketContext extends Common {
  kind: "watch";
  /** The only sites the one who watches may see; null: all of them. */
  sites: readonly string[] | null;
  /** The key that opened it, or for which its ticket was made. */
  key_id: string;
}

/** Kept in the socket's attachment, so that it survives hibernation. */
export type SocketContext = TrackSocketContext | WatchSocketContext;

const HEADER = "x-pulsegate-socket";

/** The request that opens a socket on an actor: made by the Worker from scratch, with nothing of the client's in it. */
export const socketRequest = (context: SocketContext): Request =>
  new Request("https://session/", { headers: { Upgrade: "websocket", [HEADER]: JSON.stringify(context) } });

export const readSocket = (request: Request): SocketContext => JSON.parse(request.headers.get(HEADER) ?? "{}");

/** Without what holds for a while only: a socket stays open for longer. */
export function lasting(context: SocketContext): SocketContext {
  if (context.kind !== "track" || !context.budget) return context;
  const { sender, session_hour, address_hour, site_day } = context.budget;
  return { ...context, budget: { sender, session_hour, address_hour, site_day } };
}

/** Without what names the network it comes from; classes of it stay. */
export const nameless = (context: TrackSocketContext): TrackSocketContext => ({
  ...context,
  network: { ...context.network, ip: null, asn: null, ...(context.network.provider && { provider: null }) },
  ...(context.budget && { budget: { ...context.budget, sender: null } }),
  is_nameless: true,
});
