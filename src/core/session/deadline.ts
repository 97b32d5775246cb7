import { LINGER_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "../../limits";
import { MINUTE_MS, SECOND_MS } from "../../time";
import { abandonedAt } from "./forms";
import { type Progress, STORES, type StoreName, type StoreProgress } from "./progress";
import type { SessionState } from "./state";

/** A store that is due this soon goes along with one that is due: the archive with the second flush of D1. */
export const ALONG_MS = 25 * SECOND_MS;
/**
 * Share of the wait that jitter may take. A flush is spread by its events' own times already, and each early one is paid
 * for; retries begin together when a store goes down, so they need more.
 */
const FLUSH_JITTER = 0.1;
const RETRY_JITTER = 0.25;
/** A flush may come this share of its interval early if the alarm is set for then already. */
const REUSE_SHARE = 0.25;
/** While a withdrawal waits for a store: the promise is a minute. */
export const WITHDRAWN_RETRY_MAX_MS = 15 * SECOND_MS;
/** The web's usual session time-out (Google Analytics, Matomo, Plausible use 30 minutes). */
export const IDLE_MS = 30 * MINUTE_MS;

/** What the one alarm of a session is set by. */
export interface Schedule {
  state: SessionState;
  progress: Progress;
  /** When what is in the journal is to be written to each store, epoch ms; null when nothing waits. */
  flush_due: Readonly<Record<StoreName, number | null>>;
  /** While a page's socket is open the alarm stays where the next flush will want it, instead of going to the idle limit. */
  standby: number | null;
  /** When those who follow are asked for their keys again; null while nobody follows by a key that can be revoked. */
  keys_due: number | null;
  /** The alarm is writing plans at this moment: they need no alarm of their own. */
  writing: boolean;
}

/** A session is worth writing down from its first event or lead on: a start alone costs its caller little and us less. */
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
 * The stores that an alarm writes: those that are due; with one that is due by itself, and not as a retry, one that is due
 * soon; and what the archive lacks if D1 has all there is, for then nobody is acting who would bring another alarm.
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

const isArchiveLeft = (schedule: Schedule): boolean => isPending(schedule, "r2") && !isPending(schedule, "d1");

/** A session without events and leads is forgotten at the idle limit; nothing of it is anywhere else. */
export const forgetAt = ({ state }: Schedule): number | null =>
  isKept(state) ? null : state.last_received_at + IDLE_MS;

export const idleAt = ({ state }: Schedule): number | null =>
  isKept(state) && state.ended_at === null ? state.last_received_at + IDLE_MS : null;

/** The end of the linger, once nothing waits to be written. */
export function wipeAt(schedule: Schedule): number | null {
  const { end_taken_at } = schedule.state;
  return isKept(schedule.state) && end_taken_at !== null && isDrained(schedule) ? end_taken_at + LINGER_MS : null;
}

/** The earliest thing this session has to do by itself, epoch ms; there is always one until it is wiped. */
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

/** Jitter only shortens, so that nothing due "within 30 s" comes later. `random` is in [0, 1). */
const shortened = (wait: number, share: number, random: number): number => Math.round(wait * (1 - share * random));

/**
 * When a flush that may wait `interval` ms is due, epoch ms. An alarm that is set for nearly then will do: setting it
 * again would be a billed row.
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
