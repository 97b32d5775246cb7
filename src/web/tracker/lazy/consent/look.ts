import { CONSENT_LOOK_MS } from "../../limits";

/** Calls `isDone` now, and then again until it is true: consent management may load at any time, and may fire no event. */
export function look(isDone: () => unknown): void {
  const timer = setInterval(ask, CONSENT_LOOK_MS);
  function ask(): void {
    try {
      if (isDone()) clearInterval(timer);
    } catch {
      // An object of that name exists, but is not ready.
    }
  }
  ask();
}
