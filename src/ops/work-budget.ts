/**
 * What an invocation may still use: calls to the stores, which the platform limits, and time. Work that is not done when the budget
 * runs out goes on in the next invocation.
 */
export class WorkBudget {
  #calls: number;
  readonly #until: number;

  constructor(bounds: { calls: number; ms: number }, now: number) {
    this.#calls = bounds.calls;
    this.#until = now + bounds.ms;
  }

  /** Takes `calls`; false if there are not so many left, or no time. */
  take(calls: number): boolean {
    if (this.#calls < calls || Date.now() >= this.#until) return false;
    this.#calls -= calls;
    return true;
  }
}
