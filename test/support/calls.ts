import { type Intake, intake, type KnownSession } from "../../src/core/session/calls/intake";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import type { Entry } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import type { EventInput } from "../../src/protocol/events";

/** Calls to a session as the Worker would make them, and what the intake makes of each, for tests without an actor. */

export const ID = "11111111-2222-4333-8444-555555555555";
export const T = 1_795_000_000_000;

export const PAGE = "https://shop.example/pricing";

export interface Options {
  start?: false | Partial<NonNullable<TrackCall["start"]>>;
  events?: EventInput[];
  first?: number;
  end?: boolean;
  site?: string;
  gpc?: boolean;
  key_hash?: string | null;
  ip?: string | null;
}

/** A call as the Worker would make it, with a start unless told otherwise. */
export function call(options: Options = {}, more: Partial<TrackCall> = {}): TrackCall {
  const { start = {}, events, first = 1, end = false, site = "default", gpc = false, key_hash = null } = options;
  const { ip = "203.0.113.0/24" } = options;
  const network = {
    ip,
    asn: 64500,
    country: "DE",
    region: null,
    timezone: "Europe/Berlin",
    colo: "FRA",
    protocol: null,
  };
  return {
    v: 1,
    session_id: ID,
    site,
    gpc,
    default_consent: "granted",
    network,
    key_hash,
    device_id: start ? "d".repeat(32) : null,
    start: start ? { page: PAGE, visitor_id: "visitor-1", ...start } : null,
    batch: events ? { session_id: ID, stream: "s1", first, events, rejected: [] } : null,
    end: end ? {} : null,
    ...more,
  };
}

export const someEvents = (count: number): EventInput[] =>
  Array.from({ length: count }, () => ({ event_type: "click" }));

export function take(known: KnownSession | null, one: TrackCall, now = T): Intake {
  const taken = intake(known, one, now, () => "minted");
  if (!taken.ok) throw new Error(taken.code);
  return taken;
}

/** The session as its actor has it after these calls, a second apart. */
export function knownAfter(...calls: TrackCall[]): KnownSession {
  let known: KnownSession | null = null;
  for (const [i, one] of calls.entries()) {
    const { head, state, entries } = take(known, one, T + i * 1_000);
    for (const entry of entries) apply(state, entry);
    known = { head, state };
  }
  if (!known) throw new Error("no calls");
  return known;
}

export const kinds = ({ entries }: Intake) => entries.map(({ kind }) => kind);
export const only = <K extends Entry["kind"]>({ entries }: Intake, kind: K) =>
  entries.find((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
export const codeOf = (known: KnownSession | null, one: TrackCall) => {
  const taken = intake(known, one, T + 9_000, () => "minted");
  return taken.ok ? "taken" : taken.code;
};
export const startless = (options: Options = {}) => call({ ...options, start: false });
