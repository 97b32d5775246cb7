import type { Agent } from "../../src/core/network/agent";
import type { NetworkClasses } from "../../src/core/network/classes";
import type { IdentityCounts, LeadFacts } from "../../src/core/scoring/context";
import { RULES_VERSION } from "../../src/core/scoring/ruleset";
import type { Entry, StartEntry, Unplaced } from "../../src/core/session/entry";
import type { EventDetail } from "../../src/core/session/event-detail";

/** Logs as an actor would have written them, entry by entry, for tests of what they fold to. */

export const T0 = Date.UTC(2031, 0, 6, 9);

export const NOWHERE: NetworkClasses = {
  address: "a1",
  network: "n1",
  country: null,
  region: null,
  timezone: null,
  colo: null,
  protocol: "HTTP/3",
  edge: false,
};

/** A user agent of which nothing is known. */
export const NO_AGENT: Agent = {
  bot: null,
  bot_kind: null,
  browser: null,
  major: null,
  os: null,
  mobile: false,
  device: "unknown",
};

/** A home in Berlin, as the edge sees it. */
export const HOME: NetworkClasses = {
  ...NOWHERE,
  country: "DE",
  timezone: "Europe/Berlin",
  colo: "TXL",
  edge: true,
  asn_class: "residential",
  timezone_gap: 0,
  rtt_ms: 20,
  rtt_excess_ms: 0,
  headers: [],
  language: "de-DE",
  verified_bot: null,
  bot_score: null,
};

/** Gives entries their place, and times a second apart if they have none. */
export function logOf(...entries: (Unplaced | ((at: number) => Unplaced))[]): Entry[] {
  return entries.map((entry, i) => {
    const at = T0 + i * 1_000;
    return { ...(typeof entry === "function" ? entry(at) : entry), seq: i + 1 } as Entry;
  });
}

export const start = (more: Partial<Omit<StartEntry, "kind" | "seq">> = {}): Unplaced<StartEntry> => ({
  kind: "start",
  at: T0,
  page: "https://shop.example/",
  referrer: null,
  device: null,
  screen: null,
  signals: null,
  agent: null,
  network: HOME,
  consent: "granted",
  rules_version: RULES_VERSION,
  ...more,
});

let number = 0;

/** `after`: ms since the log's beginning. */
export function act(event_type: string, after: number, detail: EventDetail = {}): Unplaced {
  number += 1;
  const at = T0 + after;
  return { kind: "event", at, received_at: at, stream: "s1", number, event_type, detail };
}

export const network = (more: Partial<NetworkClasses>, after = 1_000): Unplaced => ({
  kind: "network",
  at: T0 + after,
  network: { ...HOME, ...more },
});

export const counts = (more: Partial<IdentityCounts> = {}): IdentityCounts => ({
  sessions: 1,
  addresses: 1,
  networks: 1,
  countries: 1,
  fingerprints: 1,
  forms: 0,
  capped: false,
  ...more,
});

/** The answer for a fingerprint, for an address, or for both. */
export const identity = (of: {
  fingerprint?: Partial<IdentityCounts>;
  address?: Partial<IdentityCounts>;
}): Unplaced => ({
  kind: "identity",
  at: T0 + 1_000,
  answer: {
    fingerprint: of.fingerprint ? counts(of.fingerprint) : null,
    address: of.address ? counts(of.address) : null,
  },
  version: 1,
  forms: 0,
});

export const lead = (more: Partial<LeadFacts> = {}, after = 60_000): Unplaced => ({
  kind: "lead",
  at: T0 + after,
  received_at: T0 + after,
  submission: `submission-${after}`,
  lead: { honeypot: false, disposable_email: false, no_session: false, submit_ms: null, ...more },
});
