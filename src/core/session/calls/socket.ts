import {
  formReader,
  isFields,
  isFlag,
  isNumber,
  isText,
  listOf,
  orNull,
  readText,
  type Shape,
  shaped,
} from "../../stored";
import type { CallContext } from "./call";

/** Kept in the socket's attachment, so that it survives hibernation. A visitor's socket sends frames; an analyst's listens. */
export type SocketContext = TrackSocketContext | WatchSocketContext;

interface Common {
  v: 1;
  session_id: string;
  /** The ticket that the Worker has verified, to be used once; null if a key opened the socket. */
  ticket: { nonce: string; expires_at: number } | null;
  /** The subprotocol to answer with; null if none was offered. */
  protocol: string | null;
  /** Epoch ms. */
  opened_at: number;
}

export interface TrackSocketContext extends Common, CallContext {
  kind: "track";
  /** Stands for the page's address on this session, and nowhere else. */
  sender: string;
  /** A frame from this socket was taken. */
  is_proved: boolean;
  /** Refused frames in a row. */
  strikes: number;
  /** Set when its session has withdrawn: the attachment then has no address. */
  is_nameless?: true;
}

export interface WatchSocketContext extends Common {
  kind: "watch";
  /** The only sites whose sessions the watcher may see; null: all of them. */
  sites: readonly string[] | null;
  /** The key that opened it, or that its ticket was made with. */
  key_id: string;
}

/** A context before it has a version. */
export type NewSocket = Omit<TrackSocketContext, "v"> | Omit<WatchSocketContext, "v">;

const COMMON: Shape<Common> = {
  session_id: isText,
  ticket: orNull(shaped<NonNullable<Common["ticket"]>>({ nonce: isText, expires_at: isNumber })),
  protocol: orNull(isText),
  opened_at: isNumber,
};

const readTrackSocket = formReader<TrackSocketContext>({
  name: "page's socket",
  version: 1,
  shape: {
    ...COMMON,
    site: isText,
    gpc: isFlag,
    default_consent: isText,
    record: orNull(isFields),
    network: isFields,
    key_hash: orNull(isText),
    sender: isText,
    is_proved: isFlag,
    strikes: isNumber,
  },
});

const readWatchSocket = formReader<WatchSocketContext>({
  name: "watcher's socket",
  version: 1,
  shape: { ...COMMON, sites: orNull(listOf(isText)), key_id: isText },
});

/** Reads the context that a socket's attachment, or the request that opens it, carries. */
export const readContext = (value: unknown): SocketContext =>
  isFields(value) && value.kind === "watch" ? readWatchSocket(value) : readTrackSocket(value);

const HEADER = "x-pulsegate-socket";

/** The request that opens a socket on an actor. The Worker makes it from scratch: nothing of the client's request is in it. */
export function socketRequest(socket: NewSocket): Request {
  const context = JSON.stringify({ v: 1, ...socket });
  return new Request("https://session/", { headers: { Upgrade: "websocket", [HEADER]: context } });
}

export const readSocket = (request: Request): SocketContext =>
  readText(readContext, request.headers.get(HEADER) ?? "{}");

/** Leaves out what the edge knew of the budgets at that moment: a socket outlives it. */
export function lasting(context: SocketContext): SocketContext {
  if (context.kind !== "track" || !context.budget) return context;
  const { sender, session_hour, address_hour, site_day } = context.budget;
  return { ...context, budget: { sender, session_hour, address_hour, site_day } };
}

/** Leaves out what names the network that the page comes from. Classes of the network stay. */
export const nameless = (context: TrackSocketContext): TrackSocketContext => ({
  ...context,
  network: { ...context.network, ip: null, asn: null, ...(context.network.provider && { provider: null }) },
  ...(context.budget && { budget: { ...context.budget, sender: null } }),
  is_nameless: true,
});
