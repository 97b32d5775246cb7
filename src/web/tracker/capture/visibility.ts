import { isVisit, leave, resume } from "../delivery";
import { record } from "../record";
import { listen } from "../safe";

/**
 * Records when the page is hidden or shown, and how long the state before lasted (ms): once each, although browsers fire two events
 * for leaving. Sends waiting events before the page is gone. `view` records a return from the back/forward cache.
 */
export function captureVisibility(view: () => void): void {
  let state = "visible";
  let since = Date.now();
  const become = (next: string): void => {
    if (next === state) return;
    const ms = Date.now() - since;
    since += ms;
    state = next;
    // If the session is long over, closing its tab must not begin a new one.
    if (next === "visible" || isVisit()) record({ event_type: "visibility_change", data: { state, ms } });
  };
  const change = (next: string): void => {
    // Record the change first, so that the beacon includes it.
    become(next);
    if (next === "hidden") leave();
    else resume();
  };
  const update = (): void => change(document.visibilityState);
  listen("visibilitychange", update);
  listen("pageshow", (event) => {
    // Every load fires `pageshow` too. Skip it: the page is painting then, and the first call waits until the page is idle.
    if (!event.persisted) return;
    view();
    update();
  });
  listen("pagehide", () => change("hidden"));
  // A tab opened in the background is hidden from the start.
  become(document.visibilityState);
}
