import { DAY_MS } from "../../time";
import { type Allowance, hourly } from "./level";
import { BUDGET_MAX_WAIT_SECONDS } from "./limits";

/**
 * From each `share` of the site's budget on, the events of a session that has spent at least `bytes` lately go to the archive only.
 */
const SHED_STEPS: readonly { share: number; bytes: number }[] = [
  { share: 0.5, bytes: 4_000_000 },
  { share: 0.75, bytes: 1_000_000 },
  { share: 0.9, bytes: 250_000 },
  { share: 1, bytes: 64_000 },
  { share: 1.25, bytes: 0 },
];
/**
 * Once a site has spent its budget this many times, each session may spend `SPENT_SESSION_BYTES`, a visit of some 15 events, at
 * once, and as much a day.
 */
const SPENT_SHARE = 2;
export const SPENT_SESSION_BYTES = 32 * 1024;

/** A site's budget of a day (UTC). `share` is how much of it is spent: 1 is all of it. Pure. */

/**
 * Whether the events of a session that has spent `bytes` lately go to the archive only. The heaviest sessions are shed first,
 * before the budget is spent, so that the events of ordinary visitors stay in the database longest.
 */
export const isShed = (share: number, bytes: number): boolean =>
  SHED_STEPS.some((step) => share >= step.share && bytes >= step.bytes);

/** What a session may spend. It is little once the site has spent its budget twice, so that even many sessions add up to little. */
export function sessionAllowance(share: number, hour: number): Allowance {
  if (share < SPENT_SHARE) return hourly(hour);
  return { burst: Math.min(SPENT_SESSION_BYTES, hour), hour: Math.min(SPENT_SESSION_BYTES, hour) / 24 };
}

/**
 * Seconds until a site that has spent its budget takes another session, at most an hour; 0: it takes one now. A second budget is
 * handed out evenly over the day, so that there is room again before long, whoever used up the last.
 */
export function startWait(share: number, now: number): number {
  const over = share - 1 - (now % DAY_MS) / DAY_MS;
  if (over < 0) return 0;
  const toMidnight = Math.ceil((DAY_MS - (now % DAY_MS)) / 1_000);
  return Math.min(BUDGET_MAX_WAIT_SECONDS, toMidnight, Math.ceil((over * DAY_MS) / 1_000) + 1);
}
