import { captureClicks } from "./capture/clicks";
import { capturePages } from "./capture/pages";
import type { Record } from "./capture/record";
import { captureScroll } from "./capture/scroll";
import { captureVisibility } from "./capture/visibility";
import { setConsent } from "./consent";
import { deliver, leave, resume } from "./delivery";
import { emit } from "./hooks";
import { options } from "./options";
import { pageUrl } from "./page";
import { listen } from "./safe";
import { closeSocket } from "./socket";

/** Gives an event its time and page, and sends it on its way. */
export const record: Record = (event) => {
  const full = { ...event, timestamp: Date.now(), page: pageUrl() };
  deliver(JSON.stringify(full));
  emit("event", full);
};

/** Starts capturing and delivering. The page view comes first, so that it is number 1 of its stream. */
export function startCapture(): void {
  setConsent(options.consent);
  capturePages(record);
  captureClicks(record);
  captureScroll(record);
  captureVisibility(record);
  // After the captures, so that what they record while the page leaves is in the beacon.
  listen("visibilitychange", () => (document.hidden ? leave() : resume()));
  listen("pagehide", () => {
    leave();
    // An open socket would keep the page out of the back/forward cache.
    closeSocket();
  });
  listen("pageshow", resume);
}
