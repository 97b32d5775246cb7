import { captureClicks } from "./capture/clicks";
import { capturePages } from "./capture/pages";
import { captureVisibility } from "./capture/visibility";
import { changeConsent, leave, resume } from "./delivery";
import { loadRest } from "./lazy";
import { options } from "./options";
import { listen } from "./safe";

/** Starts capturing and delivering. The page view comes first, so that it is number 1 of its stream. */
export function startCapture(): void {
  changeConsent(options.consent);
  capturePages();
  captureClicks();
  captureVisibility();
  // After the captures, so that what they record while the page leaves is in the beacon.
  listen("visibilitychange", () => (document.hidden ? leave() : resume()));
  listen("pagehide", leave);
  listen("pageshow", resume);
  loadRest();
}
