import { isVisit, leave, resume } from "../delivery";
import { record } from "../record";
import { listen } from "../safe";

/**
 * Tells when the page is hidden and shown, once each, though browsers fire two events for leaving a page, and how long it
 * was as it was before; and delivers what there is before the page is gone. `view` tells that it is back from the browser's cache.
 */
export function captureVisibility(view: () => void): void {
  let state = "visible";
  let since = Date.now();
  const become = (next: string): void => {
    if (next === state) return;
    const ms = Date.now() - since;
    since += ms;
    state = next;
    // Closing a tab that was forgotten an hour ago is no new visit.
    if (next === "visible" || isVisit()) record({ event_type: "visibility_change", data: { state, ms } });
  };
  const change = (next: string): void => {
    // Before the page leaves, so that it is in the beacon.
    become(next);
    if (next === "hidden") leave();
    else resume();
  };
  const update = (): void => change(document.visibilityState);
  listen("visibilitychange", update);
  listen("pageshow", (event) => {
    // It comes with each load too: the page has something to paint then, and the first call can wait until it is idle.
    if (!event.persisted) return;
    view();
    update();
  });
  listen("pagehide", () => change("hidden"));
  // A tab opened in the background says so at once.
  become(document.visibilityState);
}
