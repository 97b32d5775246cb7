import { RETRY_AFTER_MAX_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "./limits";

/** Decides when to try again. Jitter keeps the pages that lost one server from returning in one moment. */
export class Backoff {
  /** Not before this, by `performance.now()`. */
  until = 0;
  private failures = 0;

  /** Milliseconds left to wait. */
  get left(): number {
    return this.until - performance.now();
  }

  /** `seconds` is the server's own word, which is only ever lengthened. */
  failed(seconds = 0): void {
    const ms = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    this.until = performance.now() + Math.min(RETRY_AFTER_MAX_MS, seconds * 1_000) + ms;
  }

  reset(): void {
    this.until = this.failures = 0;
  }
}
