import { isVisit, leave, resume } from "../delivery";
import { record } from "../record";
import { listen } from "../safe";

/**
 * Records when the page is hidden and shown, and how long the state before lasted. Once each, although browsers fire two events
 * for leaving. Delivers what waits before the page is gone. `view` records a return from the back/forward cache.
 */
export function captureVisibility(view: () => void): void {
  let state = "visible";
  let since = Date.now();
  const become = (next: string): void => {
    if (next === state) return;
    const ms = Date.now() - since;
    since += ms;
    state = next;
    // Closing a tab whose session is long over is no new visit.
    if (next === "visible" || isVisit()) record({ event_type: "visibility_change", data: { state, ms } });
  };
  const change = (next: string): void => {
    // First, so that the event is in the beacon.
    become(next);
    if (next === "hidden") leave();
    else resume();
  };
  const update = (): void => change(document.visibilityState);
  listen("visibilitychange", update);
  listen("pageshow", (event) => {
    // Each load fires it too. The page paints then, so the first call waits until it is idle.
    if (!event.persisted) return;
    view();
    update();
  });
  listen("pagehide", () => change("hidden"));
  // A tab opened in the background is hidden from the start.
  become(document.visibilityState);
}
