import { SESSION_BURST_EVENTS, SESSION_EVENTS_PER_SECOND } from "../limits";

/** A token bucket: a burst, and a sustained rate. In memory only; an actor that sleeps starts with a full one. */
export class Bucket {
  #tokens = SESSION_BURST_EVENTS;
  #at = 0;

  /** Takes `count` tokens at `now` (epoch ms), or returns the seconds until there are enough, at least 1. */
  take(count: number, now: number): number {
    const earned = (Math.max(0, now - this.#at) / 1_000) * SESSION_EVENTS_PER_SECOND;
    this.#tokens = Math.min(SESSION_BURST_EVENTS, this.#tokens + earned);
    this.#at = now;
    if (this.#tokens >= count) {
      this.#tokens -= count;
      return 0;
    }
    return Math.max(1, Math.ceil((count - this.#tokens) / SESSION_EVENTS_PER_SECOND));
  }
}
