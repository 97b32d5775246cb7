import { SECOND_MS } from "../../time";
import { isClaim } from "../session/calls/visitor-id";
import type { SessionState } from "../session/fold/state";
import type { Head } from "../session/head";

/**
 * A session that goes on reports this often. The tracker sends an event every 10 s while somebody is active, so two reports are at
 * most 40 s apart, and nobody expires who is still there.
 */
export const ROSTER_BEAT_MS = 30 * SECOND_MS;

/** Decides when a session reports to the roster. It needs no memory of earlier reports, because actors sleep between events. */

/** What the roster has to hear of at once when it changes. */
export interface RosterMark {
  page: string | null;
  label: string | null;
  visitor: string | null;
  is_claim: boolean;
  ended: boolean;
  /** Null before the first event: a session without an event does not report. */
  seen_at: number | null;
}

export const markOf = (head: Head, state: SessionState): RosterMark => ({
  page: state.current_page,
  label: state.judgement.label,
  visitor: head.identity?.visitor_id ?? null,
  is_claim: isClaim(head.identity),
  ended: state.ended_at !== null,
  seen_at: state.events > 0 ? state.last_received_at : null,
});

export type ReportReason = "change" | "beat" | null;

/**
 * Why the step from one mark to the next is worth a report; null if it is not. Time is cut into a grid, and a beat is due if the
 * last event is in another cell than the one before it: as often as with a memory of the last report. Each session's grid has its
 * own phase, so that sessions do not all report at once.
 */
export function reasonFor(session_id: string, before: RosterMark, after: RosterMark): ReportReason {
  if (after.seen_at === null || (before.ended && after.ended)) return null;
  const isSameVisitor = before.visitor === after.visitor && before.is_claim === after.is_claim;
  const isSame = before.page === after.page && before.label === after.label && isSameVisitor;
  if (before.seen_at === null || !isSame || before.ended !== after.ended) return "change";
  const phase = Number.parseInt(session_id.slice(0, 8), 16) % ROSTER_BEAT_MS;
  const cell = (time: number): number => Math.floor((time + phase) / ROSTER_BEAT_MS);
  return cell(before.seen_at) === cell(after.seen_at) ? null : "beat";
}
