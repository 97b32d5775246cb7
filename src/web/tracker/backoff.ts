import { RETRY_AFTER_MAX_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "./limits";

/** When to try again. */
export interface Backoff {
  /** No call goes out before this time, in ms of `performance.now()`. */
  until: number;
  failures: number;
}

export const newBackoff = (): Backoff => ({ until: 0, failures: 0 });

/** Milliseconds left to wait. At 0 or below, the next try is due. */
export const left = (backoff: Backoff): number => backoff.until - performance.now();

/**
 * Doubles the wait, with jitter, so that pages that lost the same server do not all return at once. `seconds` is the server's
 * `Retry-After`: the wait is added to it. A date in that header is no number and counts as 0.
 */
export function failed(backoff: Backoff, seconds?: number): void {
  const ms = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** backoff.failures++) * (0.5 + Math.random() / 2);
  backoff.until = performance.now() + Math.min(RETRY_AFTER_MAX_MS, (seconds || 0) * 1_000) + ms;
}

export function reset(backoff: Backoff): void {
  backoff.until = backoff.failures = 0;
}
