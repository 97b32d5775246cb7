import { LEAD_RETRY_MAX_MS, LEAD_RETRY_MIN_MS } from "../../limits";

/**
 * When to try again a call to the outside that has failed: the wait doubles with each failure in a row. It is in memory only, so a
 * new instance tries at once.
 */
export class Retry {
  #failures = 0;
  /** Epoch ms; 0: at once. */
  at = 0;

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  failed(now: number): void {
    this.at = now + Math.min(LEAD_RETRY_MIN_MS * 2 ** Math.min(this.#failures, 10), LEAD_RETRY_MAX_MS);
    this.#failures += 1;
  }

  succeeded(): void {
    this.#failures = 0;
    this.at = 0;
  }

  /** Lets the next try come at once. If it fails too, the waits go on doubling. */
  hurry(): void {
    this.at = 0;
  }
}
