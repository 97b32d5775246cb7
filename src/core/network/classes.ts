import type { Agent } from "./agent";

/** What kind of network an address belongs to. */
export type AsnClass = "hosting" | "vpn" | "tor" | "relay" | "corporate" | "mobile" | "residential";

/** What is odd about a request's headers. Only these names are stored, not the headers. */
export type HeaderFinding =
  | "no_user_agent"
  | "no_accept_language"
  | "no_sec_fetch"
  | "no_gzip"
  | "hints_headless"
  | "hints_differ";

/** What the edge knows of a connection, as classes and tokens that mean something only inside this session. */
export interface NetworkClasses {
  /** `a1` is the session's first address, `a2` its second, …; null without consent. */
  address: string | null;
  /** The same for its autonomous systems: `n1`, `n2`, …. */
  network?: string | null;
  country: string | null;
  region: string | null;
  timezone: string | null;
  colo: string | null;
  protocol: string | null;
  /** Whether the edge told anything. If not, rules that need it abstain. */
  edge?: boolean;
  asn_class?: AsnClass | null;
  /** Who runs a network of class relay, vpn or corporate, by a name known to the class table. */
  provider?: string | null;
  /** Minutes between the clocks of the edge's time zone for the address and of the browser's. */
  timezone_gap?: number | null;
  /** TCP or QUIC round trip, ms. */
  rtt_ms?: number | null;
  /** The part of `rtt_ms` that the distance to the data centre does not explain, ms. */
  rtt_excess_ms?: number | null;
  /** `cf.botManagement`: 1 (surely automated) to 99. */
  bot_score?: number | null;
  /** The category of a bot that the edge has verified. */
  verified_bot?: string | null;
  /** What is odd about the headers; null where they were not looked at. */
  headers?: HeaderFinding[] | null;
  /** Classes of the `User-Agent` header; null if there was none, or if it was that of a server's client. */
  agent?: Agent | null;
  /** There was no `User-Agent` header at all. Absent where there was one. */
  agentless?: true;
  /** First of `Accept-Language`. */
  language?: string | null;
}

/** What the edge tells of the caller, its address already in the form that may be stored. */
export interface ClientNetwork extends Omit<NetworkClasses, "address" | "network" | "timezone_gap"> {
  ip: string | null;
  asn: number | null;
}
