/**
 * What one invocation may still do: calls to the stores (the platform counts them) and time. Work that is not done when
 * it runs out goes on in the next invocation.
 */
export class Budget {
  #calls: number;
  readonly #until: number;

  constructor(bounds: { calls: number; ms: number }, now: number) {
    this.#calls = bounds.calls;
    this.#until = now + bounds.ms;
  }

  /** Takes `calls`, or says that there are not so many, or no time, left. */
  take(calls: number): boolean {
    if (this.#calls < calls || Date.now() >= this.#until) return false;
    this.#calls -= calls;
    return true;
  }
}
