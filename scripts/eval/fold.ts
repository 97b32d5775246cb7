// Takes a session as the Worker and its actor do: through the real intake and the real fold.
import type { RuleSet } from "../../src/core/scoring/ruleset.ts";
import type { KnownSession } from "../../src/core/session/calls/intake.ts";
import type { TrackCall } from "../../src/core/session/calls/track-call.ts";
import { loadSource } from "../lib/source.ts";

export const tools: typeof import("../../src/ops/for-commands.ts") = await loadSource("src/ops/for-commands.ts");

export interface Act {
  /** ms after the session's start. */
  at: number;
  event_type: string;
  data?: Record<string, unknown>;
  x?: number;
  y?: number;
  scroll_percent?: number;
}

export interface Sample {
  name: string;
  /** The request's headers; null if the data has none. */
  headers: Record<string, string> | null;
  /** The request's user agent, if the data has no headers. */
  userAgent: string | null;
  start: Record<string, unknown>;
  acts?: Act[];
}

const BASE = Date.UTC(2026, 0, 5, 8);
const PAGE = "https://shop.example/";
const EVENTS_A_BATCH = 20;

/** Folds a sample by a set of rules. */
export function foldSample(sample: Sample, rules: RuleSet) {
  let known: KnownSession | null = null;
  const acts = sample.acts ?? [{ at: 0, event_type: "page_view" }];
  for (let first = 0; first < acts.length; first += EVENTS_A_BATCH) {
    const part = acts.slice(first, first + EVENTS_A_BATCH);
    const now = BASE + (part.at(-1)?.at ?? 0) + 50;
    const call = callOf(sample, part, first, now);
    const taken = tools.intake(known, call, now, () => "minted");
    if (!taken.ok) throw new Error(`${sample.name}: ${taken.code}`);
    for (const entry of taken.entries) tools.apply(taken.state, entry, rules);
    known = { head: taken.head, state: taken.state };
  }
  if (!known) throw new Error(`${sample.name} has no acts`);
  return known.state.judgement;
}

function callOf({ headers, userAgent, start }: Sample, part: Act[], first: number, now: number): TrackCall {
  const session_id = "11111111-2222-4333-8444-555555555555";
  const events = part.map(({ at, ...rest }) => ({ ...rest, page: PAGE, timestamp: BASE + at }));
  return {
    v: 1,
    session_id,
    site: "default",
    gpc: false,
    default_consent: "granted",
    key_hash: null,
    device_id: null,
    network: networkOf(headers, userAgent),
    start: first === 0 ? { page: PAGE, ...start } : null,
    batch: { session_id, stream: "s1", first: first + 1, sent_at: now, events, rejected: [] },
    end: null,
    lead: null,
  };
}

function networkOf(headers: Record<string, string> | null, userAgent: string | null) {
  const nowhere = { ip: null, asn: null, country: null, region: null, timezone: null, colo: null, protocol: null };
  if (!headers) return { ...nowhere, headers: null, agent: tools.agentOf(userAgent) };
  const request = { url: "https://pulse.example/track/events/batch", headers: new Headers(headers) };
  request.headers.set("Origin", "https://shop.example");
  const { findings, agent, language } = tools.readHeaders(request, null);
  return { ...nowhere, headers: findings, agent, language };
}
