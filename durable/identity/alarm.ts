/** The alarm of a shard, as this instance knows it. */
export class ShardAlarm {
  readonly #set: (at: number) => void;
  #at: number | null = null;

  constructor(set: (at: number) => void) {
    this.#set = set;
  }

  /** When it rings, epoch ms; null: none is set. */
  get at(): number | null {
    return this.#at;
  }

  /** Notes when it rings, as the storage says; null if it has rung or none is set. */
  learn(at: number | null): void {
    this.#at = at;
  }

  /** Sets the alarm, unless one is set for that time or earlier: each `setAlarm` is a billed row. */
  wakeBy(at: number, now: number): void {
    if (this.#at !== null && this.#at <= at && this.#at > now) return;
    this.#at = at;
    this.#set(at);
  }
}
