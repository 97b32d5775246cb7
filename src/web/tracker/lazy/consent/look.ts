import { CONSENT_LOOK_MS } from "../../limits";

/** Asks at once, and again and again until `isDone`: what a page has of consent may come at any time, and some of it says nothing. */
export function look(isDone: () => unknown): void {
  const timer = setInterval(ask, CONSENT_LOOK_MS);
  function ask(): void {
    try {
      if (isDone()) clearInterval(timer);
    } catch {
      // Something of that name is there, and not ready.
    }
  }
  ask();
}
