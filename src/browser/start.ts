import { captureClicks } from "./capture/clicks";
import { capturePages } from "./capture/pages";
import { captureVisibility } from "./capture/visibility";
import { changeConsent } from "./delivery";
import { loadRest } from "./lazy";
import { options } from "./options";
import { listen } from "./safe";
import { rememberFields } from "./url";

/** Starts capturing and delivering. The page view comes first, so that it is number 1 of its stream. */
export function startCapture(): void {
  changeConsent(options.consent);
  capturePages();
  captureClicks();
  captureVisibility();
  listen("formdata", ({ formData }) => rememberFields([...formData.keys()]));
  loadRest();
}
