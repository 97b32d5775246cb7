/** Keeps errors of the tracker from the page. */
export const safe =
  <Args extends unknown[]>(f: (...args: Args) => void): ((...args: Args) => void) =>
  (...args) => {
    try {
      f(...args);
    } catch {
      // One event is missing, and the page works on.
    }
  };

/** A listener on the window that cannot throw, prevent or delay anything. It also hears events whose propagation the page stops. */
export function listen<Type extends keyof WindowEventMap | "visibilitychange">(
  type: Type,
  f: (event: Type extends keyof WindowEventMap ? WindowEventMap[Type] : Event) => void,
): void {
  addEventListener(type, safe(f) as EventListener, { capture: true, passive: true });
}
