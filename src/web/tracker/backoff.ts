import { RETRY_AFTER_MAX_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "./limits";

/** When to try again. */
export interface Backoff {
  /** Not before this, by `performance.now()`. */
  until: number;
  failures: number;
}

export const newBackoff = (): Backoff => ({ until: 0, failures: 0 });

/** Milliseconds left to wait; none when it is not above 0. */
export const left = (backoff: Backoff): number => backoff.until - performance.now();

/**
 * Doubles the wait, with jitter, so that the pages that lost one server do not return in one moment. `seconds` is the
 * server's own word, which is only ever lengthened; a date, which no number is, counts as none.
 */
export function failed(backoff: Backoff, seconds?: number): void {
  const ms = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** backoff.failures++) * (0.5 + Math.random() / 2);
  backoff.until = performance.now() + Math.min(RETRY_AFTER_MAX_MS, (seconds || 0) * 1_000) + ms;
}

export function reset(backoff: Backoff): void {
  backoff.until = backoff.failures = 0;
}
