import { BUDGET_MAX_SENDERS } from "../limits";
import { hourly, type Level, spend, waitFor } from "./level";

/**
 * What addresses have spent lately. In memory only: a shard that nobody asks for some seconds forgets it, and whoever floods
 * asks all the time.
 */
export class Senders {
  readonly #levels = new Map<string, Level>();
  /** Those that may not spend, until when, epoch ms. */
  readonly #until = new Map<string, number>();

  /** Counts, and says for how many seconds the address may not spend. `isNews`: it may not from now on. */
  spend(sender: string, bytes: number, hour: number, now: number): { wait: number; isNews: boolean } {
    const allowance = hourly(hour);
    const level = spend(this.#levels.get(sender), bytes, allowance, now);
    this.#keep(sender, level);
    const known = this.wait(sender, now);
    if (known > 0) return { wait: known, isNews: false };
    const wait = waitFor(level, allowance, now);
    if (wait > 0) this.#until.set(sender, now + wait * 1_000);
    return { wait, isNews: wait > 0 };
  }

  /** Seconds until it may spend again. */
  wait(sender: string, now: number): number {
    return Math.max(0, Math.ceil(((this.#until.get(sender) ?? 0) - now) / 1_000));
  }

  /** The one that was heard of last is at the end. */
  #keep(sender: string, level: Level): void {
    this.#levels.delete(sender);
    const oldest = this.#levels.keys().next();
    if (this.#levels.size >= BUDGET_MAX_SENDERS && !oldest.done) {
      this.#levels.delete(oldest.value);
      this.#until.delete(oldest.value);
    }
    this.#levels.set(sender, level);
  }
}
