import { consent } from "./consent";
import { changeConsent, enter, flush, flushNow, keepAll, restart, retry, streams } from "./delivery";
import { emit, on } from "./hooks";
import type { Kit } from "./kit";
import { IDLE_MS } from "./limits";
import { load } from "./load";
import { options } from "./options";
import { page } from "./outbox";
import { plug } from "./plug";
import { record } from "./record";
import { listen } from "./safe";
import { forgetSession } from "./session";
import { memory, read, write } from "./storage";
import { cleanUrl } from "./url";

interface Acts {
  start(kit: Kit): void;
}

/** Loads acts.js once the page has loaded and is idle. It then sends the waiting events. If it does not load, `flushNow` does. */
export function loadRest(): void {
  const start = (acts: Acts): void =>
    acts.start({
      options,
      plug,
      pageName: page,
      recordEvent: record,
      cleanUrl,
      addHook: on,
      emit,
      consentNow: consent,
      restart,
      flushQueue: flush,
      read,
      write,
      memory,
      streams,
      retry,
      enter,
      forgetSession,
      keepAll,
      changeConsent,
    });
  let isLoading = false;
  const ask = (): void => {
    if (!isLoading) load<Acts>("acts.js").then(start).catch(flushNow);
    isLoading = true;
  };
  const idle = (): unknown => (self.requestIdleCallback ?? setTimeout)(ask, { timeout: IDLE_MS });
  if (document.readyState === "complete") idle();
  else listen("load", idle);
  // Some pages never finish loading.
  setTimeout(ask, IDLE_MS);
}
