import { LEAD_RETRY_MAX_MS, LEAD_RETRY_MIN_MS } from "../../limits";

/**
 * When to try again what has failed outside: the wait doubles with each failure in a row. Lost with the instance, and the next
 * one tries at once.
 */
export class Retry {
  #failures = 0;
  /** Epoch ms; 0: at once. */
  at = 0;

  /** In a row. */
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

  /** Tries at once, and waits as long as before if that fails too. */
  hurry(): void {
    this.at = 0;
  }
}
