import { changeConsent, endSession, flushNow } from "./delivery";
import { on } from "./hooks";
import { EARLY_CALLS } from "./limits";
import { options } from "./options";
import type { Options, PulseGateApi } from "./public";
import { record } from "./record";
import { safe } from "./safe";
import { startCapture } from "./start";

let isStarted = false;
/** Calls made before the start, in order. */
const early: (() => void)[] = [];

/** Calls `f` now if the tracker runs, and otherwise when it starts. */
const whenStarted = <Args extends unknown[]>(f: (...args: Args) => void): ((...args: Args) => void) => {
  const call = safe(f);
  return (...args) => {
    if (isStarted) call(...args);
    else if (early.length < EARLY_CALLS) early.push(() => call(...args));
  };
};

const start = safe(() => {
  // The server takes no pages of `file:` or `about:`.
  if (isStarted || !/^http/.test(location.href)) return;
  isStarted = true;
  startCapture();
  for (const call of early) call();
});

// Not in TypeScript's DOM library: https://wicg.github.io/nav-speculation/prerendering.html
type Prepared = Document & { prerendering?: boolean };

const track = whenStarted((event_type: string, data?: Record<string, unknown>) => record({ event_type, data }));

export const api: PulseGateApi = {
  init(given?: Partial<Options>) {
    if (!isStarted) Object.assign(options, given);
    // A prerendered page may never be shown, so start only when the visitor sees it.
    if ((document as Prepared).prerendering) addEventListener("prerenderingchange", start);
    else start();
  },
  track,
  flush: flushNow,
  identify: (traits) => track("identify", traits),
  end: whenStarted(endSession),
  on,
  consent: whenStarted(changeConsent),
};
