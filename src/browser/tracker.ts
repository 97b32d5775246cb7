/** The entry: puts the API on the page, and starts by itself unless the tag says otherwise. */
import type {} from "./api";
import { record, startCapture } from "./client";
import { changeConsent, endSession, flush } from "./delivery";
import { on } from "./hooks";
import { EARLY_CALLS } from "./limits";
import { type Options, options, startsAlone } from "./options";
import { safe } from "./safe";

let isStarted = false;
/** Calls made before `init`, in order. */
const early: (() => void)[] = [];

/** Now, or when the tracker starts. */
const whenStarted = <Args extends unknown[]>(f: (...args: Args) => void): ((...args: Args) => void) => {
  const call = safe(f);
  return (...args) => {
    if (isStarted) call(...args);
    else if (early.length < EARLY_CALLS) early.push(() => call(...args));
  };
};

const init = safe((given?: Partial<Options>) => {
  if (isStarted) return;
  isStarted = true;
  Object.assign(options, given);
  startCapture();
  for (const call of early) call();
});

const track = whenStarted((event_type: string, data?: Record<string, unknown>) => record({ event_type, data }));

// A page that carries the tag twice is tracked once.
if (!window.PulseGate) {
  window.PulseGate = {
    ...{ init, track, flush },
    identify: (traits) => track("identify", traits),
    end: whenStarted(endSession),
    on: safe(on),
    consent: whenStarted(changeConsent),
  };
  window.PulseGateSession = { init, trackEvent: track, flush };
  if (startsAlone) init();
}
