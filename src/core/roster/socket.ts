import type { Bots } from "../api/filter";

/** Somebody who follows a site: what the Worker has checked, and the hub keeps with the socket. */
export interface FollowContext {
  /** Null: every site. */
  site: string | null;
  bots: Bots;
  /** The ticket that the Worker has verified, to be used once; null if a key opened the socket. */
  ticket: { nonce: string; expires_at: number } | null;
  /** The key that opened it, or for which its ticket was made. */
  key_id: string;
  /** The subprotocol to answer with; null if none was offered. */
  protocol: string | null;
}

const HEADER = "x-pulsegate-follow";

/** The request that opens a socket on a hub. The Worker makes it from scratch: nothing of the client's request is in it. */
export const followRequest = (context: FollowContext): Request =>
  new Request("https://realtime/", { headers: { Upgrade: "websocket", [HEADER]: JSON.stringify(context) } });

export const readFollow = (request: Request): FollowContext => JSON.parse(request.headers.get(HEADER) ?? "{}");

/** The hub's name: one hub for each site and each value of `bots`. No site can be called "*" or have a blank in its name. */
export const hubName = (site: string | null, bots: Bots): string =>
  bots === "exclude" ? (site ?? "*") : `${site ?? "*"} ${bots}`;
