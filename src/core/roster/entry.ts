import { SECOND_MS } from "../../time";
import type { Label, Scores } from "../scoring/ledger";
import type { Schedule } from "../session/deadline";
import { isPending } from "../session/deadline";
import type { SessionState } from "../session/fold/state";
import type { Head } from "../session/head";
import { lowestWatermark, STORES, type StoreName } from "../session/progress";
import { pageName } from "../sources/page";

/**
 * A visitor who has not been heard of for this long counts as gone: within 60 s, with the time that a report and an answer take.
 */
export const ROSTER_TTL_MS = 55 * SECOND_MS;

/** A session that is on a site now, as the roster shows it. It names no person: only the session's id leads to who it is. */
export interface Presence {
  session_id: string;
  site: string;
  page: string;
  referrer: string | null;
  country: string | null;
  started_at: number;
  /** When something was last received from the session, by the server's clock. */
  seen_at: number;
  events: number;
  page_views: number;
  engaged_ms: number;
  label: Label | null;
  scores: Scores;
}

/** How well a session's own machinery works. The operator's figures are made of it. */
export interface Health {
  /** How long the oldest flush that is due has been due, ms. */
  flush_lag_ms: number;
  /** Entries that are not in both stores yet. */
  journal_entries: number;
  attempts: { d1: number; r2: number };
  /** How long the alarm has been due, ms; 0 when it is not. */
  alarm_overdue_ms: number;
  quarantined: number;
  /** Events that only R2 holds; absent if there are none. */
  shed?: number;
}

export interface RosterReport {
  v: 1;
  presence: Presence;
  /** Rises from report to report, so that a report that was overtaken changes nothing. */
  seq: number;
  ended: boolean;
  /** When the visitor last did something here, by the server's clock. An act that came late counts for when it was done. */
  active_at: number;
  /** A hash of the visitor's id, so that an erasure finds sessions that no store knows yet; null without consent. */
  who: string | null;
  /** Set if the visitor that the session names is not proven, and another could prove to be them. */
  is_claim?: true;
  health: Health;
  /** Since the last report: events refused, and limits met, by code. */
  refused: Record<string, number>;
  limits: Record<string, number>;
}

export function presenceOf(head: Head, state: SessionState): Presence {
  return {
    session_id: head.session_id,
    site: head.site,
    page: pageName(state.current_page ?? state.entry_page, state.trailing_slash),
    referrer: state.referrer,
    country: state.network?.country ?? null,
    started_at: state.started_at,
    seen_at: state.last_received_at,
    events: state.events,
    page_views: state.page_views,
    engaged_ms: state.engaged_ms,
    label: state.judgement.label,
    scores: state.judgement.scores,
  };
}

/** When a store's write was first due, epoch ms; null when it has everything or is not due yet. */
function waitingSince(schedule: Schedule, store: StoreName): number | null {
  if (!isPending(schedule, store)) return null;
  return schedule.progress[store].plan?.at ?? schedule.flush_due[store];
}

export function healthOf(schedule: Schedule & { alarm_at: number | null }, now: number): Health {
  const { state, progress, alarm_at } = schedule;
  return {
    flush_lag_ms: Math.max(0, ...STORES.map((store) => now - (waitingSince(schedule, store) ?? now))),
    journal_entries: state.seq - lowestWatermark(progress),
    attempts: { d1: progress.d1.attempts, r2: progress.r2.attempts },
    alarm_overdue_ms: alarm_at === null ? 0 : Math.max(0, now - alarm_at),
    quarantined: progress.quarantined,
    ...(state.shed > 0 && { shed: state.shed }),
  };
}

/** Whether a session still counts as being there. Time decides, because no page says goodbye when a phone goes dark. */
export const isHere = ({ seen_at }: Pick<Presence, "seen_at">, now: number): boolean => seen_at + ROSTER_TTL_MS > now;
