/** Whatever goes wrong in the tracker stays in the tracker: the page never sees an error of ours. */
export const safe =
  <Args extends unknown[]>(f: (...args: Args) => void): ((...args: Args) => void) =>
  (...args) => {
    try {
      f(...args);
    } catch {
      // Nothing to tell anyone: the page works, and this one event is missing.
    }
  };

/** A listener on the window that cannot throw, prevent or delay anything, and that hears of events the page stops. */
export function listen<Type extends keyof WindowEventMap | "visibilitychange">(
  type: Type,
  f: (event: Type extends keyof WindowEventMap ? WindowEventMap[Type] : Event) => void,
): void {
  addEventListener(type, safe(f) as EventListener, { capture: true, passive: true });
}
