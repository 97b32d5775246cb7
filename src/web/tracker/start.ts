import { isAsked } from "./asked";
import { captureClicks } from "./capture/clicks";
import { capturePages } from "./capture/pages";
import { captureVisibility } from "./capture/visibility";
import { changeConsent } from "./delivery";
import { loadRest } from "./lazy";
import { options } from "./options";

/** Starts capturing and delivering. The page view comes first, so that it is number 1 of its stream. */
export function startCapture(): void {
  // Nothing is stored or sent until the page's consent management has answered, nor if it cannot be asked.
  changeConsent(isAsked(options) ? "pending" : options.consent);
  captureVisibility(capturePages());
  captureClicks();
  loadRest();
}
