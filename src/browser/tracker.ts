/** The entry: puts the API on the page, and starts by itself unless the tag says otherwise. */
import { api } from "./api";
import { startsAlone } from "./options";

// A page that carries the tag twice is tracked once.
if (!window.PulseGate) {
  window.PulseGate = api;
  window.PulseGateSession = { ...api, trackEvent: api.track };
  if (startsAlone) api.init();
}
