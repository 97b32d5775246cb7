/** Identities a shard remembers as waiting, 1 MB; more are found in its table. */
export const IDENTITY_WAITING_MAX = 10_000;

/** Since when an identity waits, and when it may be written, epoch ms. */
interface Wait {
  since: number;
  due: number;
}

/**
 * The identities of a shard that the stores outside do not have as they are. Bounded: of more than it holds it knows that there
 * are some.
 */
export class Waiting {
  readonly #waits = new Map<string, Wait>();
  /** The earliest that any is due, or earlier. */
  #next = Number.POSITIVE_INFINITY;
  #isWhole = true;

  /** False: more wait than are held here. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** When the next may be written, epoch ms; null: none waits. */
  get next(): number | null {
    return this.#waits.size > 0 ? this.#next : null;
  }

  /** Since when the first of them waits, epoch ms; null: none waits. */
  get since(): number | null {
    let first = Number.POSITIVE_INFINITY;
    for (const { since } of this.#waits.values()) first = Math.min(first, since);
    return this.#waits.size > 0 ? first : null;
  }

  /** It has changed at `at`, and may be written from `due` on. */
  add(key: string, at: number, due = at): void {
    if (this.#waits.size >= IDENTITY_WAITING_MAX && !this.#waits.has(key)) {
      this.#isWhole = false;
      return;
    }
    const since = Math.min(at, this.#waits.get(key)?.since ?? at);
    this.#waits.set(key, { since, due });
    this.#next = Math.min(this.#next, due);
  }

  /** Those that may be written now, at most `limit`: they wait no more. */
  take(now: number, limit: number): string[] {
    const ready: string[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const [key, { due }] of this.#waits) {
      if (due > now || ready.length >= limit) this.#next = Math.min(this.#next, due);
      else ready.push(key);
    }
    for (const key of ready) this.#waits.delete(key);
    return ready;
  }

  /** It has gone. */
  drop(key: string): void {
    this.#waits.delete(key);
  }

  /** All that there are have been looked up, and written. */
  found(): void {
    this.#isWhole = true;
  }
}
