import { HOUR_MS } from "../../time";
import { BUDGET_MAX_WAIT_SECONDS } from "./limits";

/** How many hours' budget may be spent at once, as by a long visit, or by an office on the morning of a sale. */
const BUDGET_BURST_HOURS = 5;

/** How much may be spent: `burst` bytes at once. What was spent comes back at `hour` bytes an hour. */
export interface Allowance {
  burst: number;
  hour: number;
}

/** What was spent and has not come back yet. */
export interface Level {
  bytes: number;
  /** The time as of which `bytes` holds, epoch ms. */
  at: number;
}

/** The allowance for so many bytes an hour. */
export const hourly = (bytes: number): Allowance => ({ burst: bytes * BUDGET_BURST_HOURS, hour: bytes });

export function levelAt(level: Level | undefined, { hour }: Allowance, now: number): number {
  if (!level) return 0;
  return Math.max(0, level.bytes - (Math.max(0, now - level.at) / HOUR_MS) * hour);
}

/** Counts what was spent. The level may go over the burst, because a call is let in before its size is known. */
export const spend = (level: Level | undefined, bytes: number, allowance: Allowance, now: number): Level => ({
  bytes: Math.round(levelAt(level, allowance, now)) + bytes,
  at: now,
});

/** How much has to come back before more is taken, in hours' budgets. Otherwise calls would be let in one by one. */
const PAUSE_HOURS = 1 / 6;

/**
 * Seconds until `until` (epoch ms). 0 if it is past, or further off than any wait that is set, which means that the clock has
 * jumped back.
 */
export function secondsLeft(until: number, now: number): number {
  const left = Math.ceil((until - now) / 1_000);
  return left > 0 && left <= BUDGET_MAX_WAIT_SECONDS ? left : 0;
}

/** Seconds until something may be spent again: 0, or from a sixth of an hour to an hour. */
export function waitFor(level: Level | undefined, allowance: Allowance, now: number): number {
  const over = levelAt(level, allowance, now) - allowance.burst;
  if (over < 0) return 0;
  const hours = allowance.hour > 0 ? over / allowance.hour + PAUSE_HOURS : Number.POSITIVE_INFINITY;
  return Math.min(BUDGET_MAX_WAIT_SECONDS, Math.ceil(hours * 3_600));
}
