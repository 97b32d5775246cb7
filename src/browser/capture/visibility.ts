import { record } from "../record";
import { listen } from "../safe";
import { isSessionOpen } from "../session";

/** Tells when the page is hidden and shown. Leaving it is said once, though browsers fire two events for it. */
export function captureVisibility(): void {
  let state = "visible";
  const become = (next: string): void => {
    if (next === state) return;
    state = next;
    // Closing a tab that was forgotten an hour ago is no new visit.
    if (next === "visible" || isSessionOpen()) record({ event_type: "visibility_change", data: { state } });
  };
  const update = (): void => become(document.visibilityState);
  listen("visibilitychange", update);
  listen("pageshow", update);
  listen("pagehide", () => become("hidden"));
  // A tab opened in the background says so at once.
  update();
}
