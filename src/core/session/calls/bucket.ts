import { SESSION_BURST_EVENTS, SESSION_EVENTS_PER_SECOND } from "../../../limits";

/** A token bucket: a burst, and a sustained rate. In memory only; an actor that sleeps starts with a full one. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at = 0;

  constructor(burst = SESSION_BURST_EVENTS, perSecond = SESSION_EVENTS_PER_SECOND) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  /** Takes `count` tokens at `now` (epoch ms), or returns the seconds until there are enough, at least 1. */
  take(count: number, now: number): number {
    const earned = (Math.max(0, now - this.#at) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#at = now;
    if (this.#tokens >= count) {
      this.#tokens -= count;
      return 0;
    }
    return Math.max(1, Math.ceil((count - this.#tokens) / this.#perSecond));
  }
}
