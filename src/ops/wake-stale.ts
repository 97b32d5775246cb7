import type { Env } from "../bindings";
import { listStale } from "../data/store/sessions";
import { CRON_PERIOD_MS, STALE_AGES_MS } from "../limits";
import { HOUR_MS } from "../time";
import { errorField, type Logger } from "./logger";

/** A session that has not moved for this long should have ended by itself. If it has not, its alarm is lost. */
const STALE_MS = HOUR_MS;
/** The length of a slice of start times: the time between two runs. */
const STALE_SLICE_MS = CRON_PERIOD_MS;
/** Sessions that a run wakes of each slice. */
export const STALE_MAX_WAKES = 200;

/**
 * Wakes sessions that neither ended nor moved for an hour: a lost alarm cannot mend itself, but loading an actor sets it again. A
 * run looks at three narrow slices of start times, so its work is bounded, and each session is looked at three times in its first
 * 25 hours.
 */
export async function wakeStale(env: Env, log: Logger, now: number): Promise<number> {
  const slices = STALE_AGES_MS.map((age) => ({ from: now - age - STALE_SLICE_MS, to: now - age }));
  const found = await Promise.all(slices.map((slice) => listStale(env.DB, slice, now - STALE_MS, STALE_MAX_WAKES)));
  let woken = 0;
  for (const session_id of found.flat()) {
    try {
      await env.SESSION.getByName(session_id).wake();
      woken += 1;
    } catch (error) {
      log.warn("wake_failed", { session_id, error: errorField(error) });
    }
  }
  return woken;
}
