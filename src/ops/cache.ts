interface CacheEntry<T> {
  value: T;
  /** Epoch ms. */
  until: number;
}

/** A map in the isolate's memory. Each entry expires; when the map is full, the oldest entry goes. */
export class Cache<T> {
  readonly #entries = new Map<string, CacheEntry<T>>();

  constructor(readonly maxEntries: number) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > Date.now() ? entry.value : undefined;
  }

  /** The value, even if it has expired: for when a newer one cannot be read. */
  last(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** `ttl` in ms. */
  set(key: string, value: T, ttl: number): void {
    this.#entries.delete(key);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.maxEntries && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(key, { value, until: Date.now() + ttl });
  }

  /** Expires an entry at once; `last` still has it. */
  expire(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) entry.until = 0;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
