import type { Bots } from "../api/filter";

/** Who follows a site: what the Worker has checked, and the hub keeps with the socket. */
export interface FollowContext {
  /** Null: every site. */
  site: string | null;
  bots: Bots;
  /** The ticket the Worker has verified, to be used once; null when a key opened the socket. */
  ticket: { nonce: string; expires_at: number } | null;
  /** The key that opened it, or for which its ticket was made. */
  key_id: string;
  /** The subprotocol to answer with, null when none was offered. */
  protocol: string | null;
}

const HEADER = "x-pulsegate-follow";

/** The request that opens a socket on a hub: made by the Worker from scratch, with nothing of the client's in it. */
export const followRequest = (context: FollowContext): Request =>
  new Request("https://realtime/", { headers: { Upgrade: "websocket", [HEADER]: JSON.stringify(context) } });

export const readFollow = (request: Request): FollowContext => JSON.parse(request.headers.get(HEADER) ?? "{}");

/** The hub's name, one for each site and side of bots; no site can be called "*" or have a blank in its name. */
export const hubName = (site: string | null, bots: Bots): string =>
  bots === "exclude" ? (site ?? "*") : `${site ?? "*"} ${bots}`;
