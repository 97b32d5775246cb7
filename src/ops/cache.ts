/** A map in the isolate's memory whose entries grow old, and which holds so many at most: the oldest goes first. */
export class Cache<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();

  constructor(readonly maxEntries: number) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > Date.now() ? entry.value : undefined;
  }

  /** `ttl` in ms. */
  set(key: string, value: T, ttl: number): void {
    this.#entries.delete(key);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.maxEntries && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(key, { value, until: Date.now() + ttl });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
