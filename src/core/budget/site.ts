import { DAY_MS } from "../../time";
import { type Allowance, hourly } from "./level";
import { BUDGET_MAX_WAIT_SECONDS } from "./limits";

/** From which share of its site's budget on a session that has spent so many bytes lately is kept in the archive only. */
const SHED_STEPS: readonly { share: number; bytes: number }[] = [
  { share: 0.5, bytes: 4_000_000 },
  { share: 0.75, bytes: 1_000_000 },
  { share: 0.9, bytes: 250_000 },
  { share: 1, bytes: 64_000 },
  { share: 1.25, bytes: 0 },
];
/** A site whose budget is spent this many times: its sessions have a visit's worth of some 15 events, and as much a day. */
const SPENT_SHARE = 2;
export const SPENT_SESSION_BYTES = 32 * 1024;

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
