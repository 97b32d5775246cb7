import { completeness } from "../delivery/completeness";
import { botProof, deviceClass, visitorOf } from "../network/visitor";
import { bandOf } from "../scoring/ledger";
import { abstentions } from "../scoring/needs";
import { ruleSet } from "../scoring/ruleset";
import { rhythm } from "../signals/cadence";
import { rates } from "../signals/velocity";
import { sourceOf } from "../sources/source";
import { isClaim } from "./calls/visitor-id";
import type { Entry } from "./entry";
import type { SessionState } from "./fold/state";
import type { Head } from "./head";
import { lowestWatermark, type Progress } from "./progress";

/** How many unflushed entries the live view shows: the newest. */
export const LIVE_MAX_ENTRIES = 1_000;

/**
 * The state as of its last entry, without the columns that are queried. It is the `detail` of D1's row, and the live view shows it
 * too.
 */
export function summary(head: Head, state: SessionState, progress: Progress) {
  const visitor = visitorOf(state);
  const verified_bot = state.network?.verified_bot ?? null;
  return {
    consent: state.consent,
    end_reason: state.end_reason,
    entry_page: state.entry_page,
    exit_page: state.exit_page,
    referrer: state.referrer,
    page_views: state.page_views,
    pages: state.pages.length,
    views: state.views,
    ...sourceOf(state.entry_page, state.referrer),
    device_class: deviceClass(state),
    ...visitor,
    bot_proof: botProof(visitor.bot_name, verified_bot),
    counts: state.counts,
    scroll_percent: state.scroll_percent,
    engaged_ms: state.engaged_ms,
    // The hidden field was filled in: a program sent it, which is no lead.
    lead_submits: state.lead?.honeypot ? 0 : state.journey.leads,
    events_in: state.events_in ?? ("database" as const),
    late: state.late,
    shed: state.shed,
    quarantined: progress.quarantined,
    unnumbered_rejected: state.unnumbered_rejected,
    completeness: completeness(state.streams),
    cadence: rhythm(state.cadence),
    device: state.device,
    screen: state.screen,
    network: state.network,
    network_changes: state.network_changes,
    device_id: head.identity?.device_id ?? null,
    traits: head.identity?.traits ?? {},
    unproven: isClaim(head.identity),
    identity: state.identity,
    engagement_band: bandOf(state.judgement.scores.engagement),
    verified_bot,
    rules_version: state.rules_version,
    ledger: state.judgement.ledger,
    abstained: abstentions(state, ruleSet(state.rules_version).rules),
  };
}

/** The columns of D1's `sessions`, under the names the API gives them. */
export function columns(head: Head, state: SessionState) {
  return {
    session_id: head.session_id,
    site: head.site,
    visitor_id: head.identity?.visitor_id ?? null,
    fingerprint_id: head.identity?.fingerprint_id ?? null,
    started_at: state.started_at,
    last_event_at: state.last_event_at ?? state.started_at,
    ended_at: state.ended_at,
    ip: head.identity?.ip ?? null,
    asn: head.identity?.asn ?? null,
    country: state.network?.country ?? null,
    label: state.judgement.label,
    scores: state.judgement.scores,
    events: state.events,
    last_seq: state.seq,
  };
}

/** The actor's own condition, for the live view. */
export interface ActorFacts {
  journal: { entries: number; rows: number; units: number };
  alarm_at: number | null;
  watchers: number;
}

/** The state as it is at `now`, where the velocity windows end. */
export function liveView(head: Head, state: SessionState, progress: Progress, facts: ActorFacts, now: number) {
  return {
    ...columns(head, state),
    ...summary(head, state, progress),
    ended: state.ended_at !== null,
    current_page: state.current_page,
    visible: state.visible,
    recording: recordedOf(progress),
    velocity: {
      overall: rates(state.velocity, now),
      by_type: Object.fromEntries(Object.entries(state.velocity_by_type).map(([type, v]) => [type, rates(v, now)])),
    },
    actor: {
      wakes: progress.wakes,
      journal_depth: facts.journal.entries,
      journal_rows: facts.journal.rows,
      journal_units: facts.journal.units,
      watermarks: { seq: state.seq, d1: progress.d1.through, r2: progress.r2.through, both: lowestWatermark(progress) },
      attempts: { d1: progress.d1.attempts, r2: progress.r2.attempts },
      last_flush_error: { d1: progress.d1.error, r2: progress.r2.error },
      next_alarm_at: facts.alarm_at,
      watchers: facts.watchers,
    },
    timestamp: now,
  };
}

/** How much of the session has been recorded; null if nothing is. */
const recordedOf = ({ recording }: Progress): { chunks: number; bytes: number } | null =>
  recording ? { chunks: recording.chunks, bytes: recording.bytes } : null;

export type Summary = ReturnType<typeof summary>;
export type Live = ReturnType<typeof liveView> & { unflushed: Entry[] };

/** The newest entries, at most 1,000. */
export const newest = (entries: Entry[]): Entry[] => entries.slice(-LIVE_MAX_ENTRIES);
