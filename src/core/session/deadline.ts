import { LINGER_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "../../limits";
import { MINUTE_MS, SECOND_MS } from "../../time";
import { abandonedAt } from "./fold/forms";
import type { SessionState } from "./fold/state";
import { type Progress, STORES, type StoreName, type StoreProgress } from "./progress";

/** A store that is due within this time is written together with one that is due: the archive with D1's second flush. */
export const ALONG_MS = 25 * SECOND_MS;
/**
 * Share of the wait that jitter may take. Flushes are spread by the times of their events already, and an early flush costs money.
 * Retries begin together when a store goes down, so they need more.
 */
const FLUSH_JITTER = 0.1;
const RETRY_JITTER = 0.25;
/** A flush may come early by this share of its interval if the alarm is set for that time already. */
const REUSE_SHARE = 0.25;
/** Longest wait for a retry while a withdrawal waits for the store: it is promised within a minute. */
export const WITHDRAWN_RETRY_MAX_MS = 15 * SECOND_MS;
/** The web's usual session time-out (Google Analytics, Matomo, Plausible use 30 minutes). */
export const IDLE_MS = 30 * MINUTE_MS;

/** Everything that decides when a session's one alarm rings. */
export interface Schedule {
  state: SessionState;
  progress: Progress;
  /** When new entries are to be written to each store, epoch ms; null when none wait. */
  flush_due: Readonly<Record<StoreName, number | null>>;
  /** Where the alarm stays while a page's socket is open, epoch ms: when the next flush will want it, not at the idle limit. */
  standby: number | null;
  /** When the followers' keys are checked again, epoch ms; null while none of them can be revoked. */
  keys_due: number | null;
  /** The alarm is writing plans right now, so they need no alarm of their own. */
  writing: boolean;
}

/** Whether a session is written to the stores: from its first event or lead on. A start alone is not worth the writes. */
const isKept = ({ events, journey }: SessionState): boolean => events > 0 || journey.leads > 0;

export const isPending = ({ state, progress }: Schedule, store: StoreName): boolean =>
  isKept(state) && (progress[store].plan !== null || state.seq > progress[store].through);

export const isDrained = (schedule: Schedule): boolean =>
  !isPending(schedule, "d1") && !isPending(schedule, "r2") && schedule.progress.erase === null;

/** When a store's next write is due, epoch ms; null when it has everything. */
export function storeDue(schedule: Schedule, store: StoreName): number | null {
  if (!isPending(schedule, store)) return null;
  const { attempts, retry_at, plan } = schedule.progress[store];
  const due = schedule.flush_due[store];
  if (schedule.writing && plan) return schedule.state.seq > plan.hi ? due : null;
  return attempts > 0 ? (retry_at ?? 0) : (due ?? 0);
}

/**
 * The stores that an alarm writes: those that are due; those that are due soon, if another is due that is no retry; and the
 * archive, if D1 has everything: then nobody is acting, and no other alarm would come soon. A session whose events are in the archive
 * alone waits for its end instead, to be one object.
 */
export function storesDue(schedule: Schedule, now: number): StoreName[] {
  const { progress } = schedule;
  const isDue = (store: StoreName, by: number) => (storeDue(schedule, store) ?? Number.POSITIVE_INFINITY) <= by;
  const isTried = (store: StoreName) => progress[store].attempts > 0;
  const isAlong = STORES.some((store) => !isTried(store) && isDue(store, now));
  return STORES.filter((store) => {
    if (isTried(store)) return isDue(store, now);
    return isDue(store, isAlong ? now + ALONG_MS : now) || (store === "r2" && isArchiveLeft(schedule));
  });
}

const isArchiveLeft = (schedule: Schedule): boolean =>
  schedule.state.events_in !== "archive" && isPending(schedule, "r2") && !isPending(schedule, "d1");

/** When a session without events and leads is forgotten: at the idle limit. Nothing of it is anywhere else. */
export const forgetAt = ({ state }: Schedule): number | null =>
  isKept(state) ? null : state.last_received_at + IDLE_MS;

export const idleAt = ({ state }: Schedule): number | null =>
  isKept(state) && state.ended_at === null ? state.last_received_at + IDLE_MS : null;

/** When the session's stay after its end is over, epoch ms; null while something waits to be written. */
export function wipeAt(schedule: Schedule): number | null {
  const { end_taken_at } = schedule.state;
  return isKept(schedule.state) && end_taken_at !== null && isDrained(schedule) ? end_taken_at + LINGER_MS : null;
}

/** When the session next has something to do by itself, epoch ms. There is always something until it is wiped. */
export function nextDeadline(schedule: Schedule): number | null {
  const times = [
    storeDue(schedule, "d1"),
    storeDue(schedule, "r2"),
    schedule.progress.erase?.retry_at ?? null,
    schedule.standby,
    schedule.keys_due,
    forgetAt(schedule),
    idleAt(schedule),
    abandonedAt(schedule.state),
    wipeAt(schedule),
  ].filter((time) => time !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Jitter only shortens: what is due "within 30 s" must not come later. `random` is in [0, 1). */
const shortened = (wait: number, share: number, random: number): number => Math.round(wait * (1 - share * random));

/**
 * When a flush that may wait `interval` ms is due, epoch ms. An alarm that is set for nearly then will do: setting it
 * again is a billed row.
 */
export function flushAt(now: number, interval: number, alarmAt: number | null, random: number): number {
  const earliest = now + interval * (1 - REUSE_SHARE);
  if (alarmAt !== null && alarmAt >= earliest && alarmAt <= now + interval) return alarmAt;
  return now + shortened(interval, FLUSH_JITTER, random);
}

/** Wait before try `attempts` + 1, ms: doubled each time up to the cap, jittered. `hurry`: a withdrawal is waiting. */
export function backoff(attempts: number, random: number, hurry = false): number {
  const cap = hurry ? WITHDRAWN_RETRY_MAX_MS : RETRY_MAX_MS;
  return shortened(Math.min(RETRY_MIN_MS * 2 ** Math.min(attempts - 1, 20), cap), RETRY_JITTER, random);
}

export const failed = (
  store: StoreProgress,
  error: string,
  now: number,
  random: number,
  hurry: boolean,
): StoreProgress => ({
  ...store,
  attempts: store.attempts + 1,
  retry_at: now + backoff(store.attempts + 1, random, hurry),
  error,
});
