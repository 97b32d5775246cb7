import { BUDGET_MAX_WAIT_SECONDS, DAY_MS, SHED_STEPS, SPENT_SESSION_BYTES, SPENT_SHARE } from "../../limits";
import { type Allowance, hourly } from "./level";

/** A site's budget of a day (UTC), by the share of it that is spent: 1 is all of it. Pure. */

/**
 * Whether a session's events go to the archive only, given what it has spent lately, bytes. The heaviest first, before all is
 * spent, so that those of ordinary visitors stay in the database longest.
 */
export const isShed = (share: number, bytes: number): boolean =>
  SHED_STEPS.some((step) => share >= step.share && bytes >= step.bytes);

/** What a session may spend: little where its site has spent its budget twice, so that those which are many come to little. */
export function sessionAllowance(share: number, hour: number): Allowance {
  if (share < SPENT_SHARE) return hourly(hour);
  return { burst: Math.min(SPENT_SESSION_BYTES, hour), hour: Math.min(SPENT_SESSION_BYTES, hour) / 24 };
}

/**
 * Seconds until a site that has spent its budget takes another session, at most an hour; 0: it does. A second budget is handed
 * out as the day goes on, so that there is room again before long, whoever took the last.
 */
export function startWait(share: number, now: number): number {
  const over = share - 1 - (now % DAY_MS) / DAY_MS;
  if (over < 0) return 0;
  const toMidnight = Math.ceil((DAY_MS - (now % DAY_MS)) / 1_000);
  return Math.min(BUDGET_MAX_WAIT_SECONDS, toMidnight, Math.ceil((over * DAY_MS) / 1_000) + 1);
}
