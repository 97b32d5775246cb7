import { HOUR_MS } from "../../time";
import { BUDGET_MAX_WAIT_SECONDS } from "./limits";

/** So many hours' budget may be spent at once: a long visit, or an office on the morning of a sale. */
const BUDGET_BURST_HOURS = 5;

/** How much may be spent: so many bytes at once, and as they come back, so many an hour. */
export interface Allowance {
  burst: number;
  hour: number;
}

/** What has been spent and has not come back yet. */
export interface Level {
  bytes: number;
  /** Epoch ms as of which that is. */
  at: number;
}

/** Of a number of bytes an hour, of which some hours' may be spent at once. */
export const hourly = (bytes: number): Allowance => ({ burst: bytes * BUDGET_BURST_HOURS, hour: bytes });

export function levelAt(level: Level | undefined, { hour }: Allowance, now: number): number {
  if (!level) return 0;
  return Math.max(0, level.bytes - (Math.max(0, now - level.at) / HOUR_MS) * hour);
}

/** May go over what there is: whoever asks was let in before the size was known. */
export const spend = (level: Level | undefined, bytes: number, allowance: Allowance, now: number): Level => ({
  bytes: Math.round(levelAt(level, allowance, now)) + bytes,
  at: now,
});

/** What has to have come back before more is taken, as a share of an hour's: else each call would be let in by itself. */
const PAUSE_HOURS = 1 / 6;

/** Seconds until a time (epoch ms); 0 where it is over, or further off than a wait is ever set: the clock has jumped back. */
export function secondsLeft(until: number, now: number): number {
  const left = Math.ceil((until - now) / 1_000);
  return left > 0 && left <= BUDGET_MAX_WAIT_SECONDS ? left : 0;
}

/** Seconds until there is something to spend again: 0, or a sixth of an hour and more, at most an hour. */
export function waitFor(level: Level | undefined, allowance: Allowance, now: number): number {
  const over = levelAt(level, allowance, now) - allowance.burst;
  if (over < 0) return 0;
  const hours = allowance.hour > 0 ? over / allowance.hour + PAUSE_HOURS : Number.POSITIVE_INFINITY;
  return Math.min(BUDGET_MAX_WAIT_SECONDS, Math.ceil(hours * 3_600));
}
