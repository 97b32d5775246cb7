/** How many waiting identities a shard remembers, 1 MB. More of them are found in its table. */
export const IDENTITY_WAITING_MAX = 10_000;

/** Since when an identity waits, and when it may be written, epoch ms. */
interface Wait {
  since: number;
  due: number;
}

/**
 * A shard's identities whose newest state D1 and KV do not have yet. Bounded: if more wait than it holds, it knows only that there
 * are more.
 */
export class Waiting {
  readonly #waits = new Map<string, Wait>();
  /** When the first of them is due, epoch ms. It may be too early, never too late. */
  #next = Number.POSITIVE_INFINITY;
  #isWhole = true;

  /** False: more wait than are held here. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** When the next may be written, epoch ms; null if none waits. */
  get next(): number | null {
    return this.#waits.size > 0 ? this.#next : null;
  }

  /** Since when the first of them waits, epoch ms; null if none waits. */
  get since(): number | null {
    let first = Number.POSITIVE_INFINITY;
    for (const { since } of this.#waits.values()) first = Math.min(first, since);
    return this.#waits.size > 0 ? first : null;
  }

  /** Notes that an identity has changed at `at`, and may be written from `due` on. */
  add(key: string, at: number, due = at): void {
    if (this.#waits.size >= IDENTITY_WAITING_MAX && !this.#waits.has(key)) {
      this.#isWhole = false;
      return;
    }
    const since = Math.min(at, this.#waits.get(key)?.since ?? at);
    this.#waits.set(key, { since, due });
    this.#next = Math.min(this.#next, due);
  }

  /** Takes out the identities that may be written now, at most `limit`. */
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

  /** Forgets an identity that no longer exists. */
  drop(key: string): void {
    this.#waits.delete(key);
  }

  /** Notes that every waiting identity was looked up in the table and written, so that none is missing here. */
  found(): void {
    this.#isWhole = true;
  }
}
