import { hourly, type Level, levelAt, secondsLeft, spend, waitFor } from "./level";

/** How many addresses' spending a shard remembers, some 5 MB. The address heard of longest ago is forgotten first. */
export const BUDGET_MAX_SENDERS = 50_000;

/** The level of a sender that has spent much, as it is stored: a sender that is silent for a while must not begin anew. */
export type KeptLevel = [name: string, hour: number, level: Level];

/** What addresses have spent lately, each at its own hourly rate. A `name` says whose spending it is, and at which rate. */
export class Senders {
  readonly #levels = new Map<string, Level>();
  readonly #hours = new Map<string, number>();
  /** Until when a name may not spend, epoch ms. */
  readonly #until = new Map<string, number>();

  constructor(kept: readonly KeptLevel[] = []) {
    for (const [name, hour, level] of kept) this.#keep(name, hour, level);
  }

  /** Counts the bytes. `wait`: for how many seconds the address may not spend. `isNews`: the wait begins with this call. */
  spend(name: string, bytes: number, hour: number, now: number): { wait: number; isNews: boolean } {
    const allowance = hourly(hour);
    const { at, bytes: spent } = spend(this.#levels.get(name), bytes, allowance, now);
    // Cap the level, so that an hour makes good whatever was spent: nobody is shut out for days.
    const level = { at, bytes: Math.min(spent, allowance.burst + hour) };
    this.#keep(name, hour, level);
    const known = this.wait(name, now);
    if (known > 0) return { wait: known, isNews: false };
    const wait = waitFor(level, allowance, now);
    if (wait > 0) this.#until.set(name, now + wait * 1_000);
    return { wait, isNews: wait > 0 };
  }

  /** Seconds until the address may spend again. */
  wait(name: string, now: number): number {
    return secondsLeft(this.#until.get(name) ?? 0, now);
  }

  /** Names that have spent more than an hour's budget, to be stored: the `most` of them that were heard of last. */
  heavy(now: number, most: number): KeptLevel[] {
    const all = [...this.#levels].map(([name, level]): KeptLevel => [name, this.#hours.get(name) ?? 0, level]);
    return all.filter(([, hour, level]) => levelAt(level, hourly(hour), now) > hour).slice(-most);
  }

  /** Moves the name to the end: the map is in the order in which names were last heard of. */
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
