import { hourly, type Level, levelAt, secondsLeft, spend, waitFor } from "./level";

/** Addresses whose spending a shard remembers, some 5 MB; the one that was heard of longest ago goes first. */
export const BUDGET_MAX_SENDERS = 50_000;

/** A sender that has spent much, as it is written down: whoever is silent for a while must not begin anew. */
export type KeptLevel = [name: string, hour: number, level: Level];

/** What addresses have spent lately, each at the rate that is held against it. `name` says who, and at which rate. */
export class Senders {
  readonly #levels = new Map<string, Level>();
  readonly #hours = new Map<string, number>();
  /** Those that may not spend, until when, epoch ms. */
  readonly #until = new Map<string, number>();

  constructor(kept: readonly KeptLevel[] = []) {
    for (const [name, hour, level] of kept) this.#keep(name, hour, level);
  }

  /** Counts, and says for how many seconds the address may not spend. `isNews`: it may not from now on. */
  spend(name: string, bytes: number, hour: number, now: number): { wait: number; isNews: boolean } {
    const allowance = hourly(hour);
    const { at, bytes: spent } = spend(this.#levels.get(name), bytes, allowance, now);
    // An hour makes good whatever was spent: nobody is shut out for days.
    const level = { at, bytes: Math.min(spent, allowance.burst + hour) };
    this.#keep(name, hour, level);
    const known = this.wait(name, now);
    if (known > 0) return { wait: known, isNews: false };
    const wait = waitFor(level, allowance, now);
    if (wait > 0) this.#until.set(name, now + wait * 1_000);
    return { wait, isNews: wait > 0 };
  }

  /** Seconds until it may spend again. */
  wait(name: string, now: number): number {
    return secondsLeft(this.#until.get(name) ?? 0, now);
  }

  /** Those that have spent more than an hour's, to be written down. */
  heavy(now: number, most: number): KeptLevel[] {
    const all = [...this.#levels].map(([name, level]): KeptLevel => [name, this.#hours.get(name) ?? 0, level]);
    return all.filter(([, hour, level]) => levelAt(level, hourly(hour), now) > hour).slice(-most);
  }

  /** The one that was heard of last is at the end. */
  #keep(name: string, hour: number, level: Level): void {
    this.#levels.delete(name);
    const oldest = this.#levels.keys().next();
    if (this.#levels.size >= BUDGET_MAX_SENDERS && !oldest.done) {
      for (const map of [this.#levels, this.#hours, this.#until]) map.delete(oldest.value);
    }
    this.#levels.set(name, level);
    this.#hours.set(name, hour);
  }
}
