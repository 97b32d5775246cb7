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

/** For events that scroll. A passive listener promises not to prevent scrolling, so the browser need not wait for it. */
export const PASSIVE = { capture: true, passive: true };

/** Adds a listener to the window that cannot throw. It also hears events whose propagation the page stops. */
export function listen<Type extends keyof WindowEventMap | "visibilitychange">(
  type: Type,
  f: (event: Type extends keyof WindowEventMap ? WindowEventMap[Type] : Event) => void,
  options: boolean | AddEventListenerOptions = true,
): void {
  addEventListener(type, safe(f) as EventListener, options);
}
