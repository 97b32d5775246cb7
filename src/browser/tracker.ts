import type { Consent } from "../protocol/fields";
import { type Client, startClient } from "./client";
import { type Hook, type HookName, on } from "./hooks";
import { EARLY_CALLS } from "./limits";
import { type Options, readOptions, startsAlone } from "./options";
import { safe } from "./safe";

/** The entry: the page's API, and the start that needs no call. */

export interface PulseGateApi {
  /** Starts the tracker on a page whose tag says `data-auto="false"`; once is enough. */
  init(options?: Partial<Options>): void;
  /** An event of the page's own: type `[a-z][a-z0-9_.]{0,63}`. */
  track(type: string, data?: Record<string, unknown>): void;
  /** Says who this is; traits are kept with the session, never in an event. */
  identify(traits: Record<string, unknown>): void;
  /** Sends what is waiting, without the usual quarter of a second. */
  flush(): void;
  /** Ends the session; what happens next begins another. */
  end(): void;
  on(name: HookName, hook: Hook): void;
  consent(state: Consent): void;
}

/** For embeds of the product's first version. */
export interface PulseGateSessionApi {
  init(options?: Partial<Options>): void;
  trackEvent(type: string, data?: Record<string, unknown>): void;
  flush(): void;
}

declare global {
  interface Window {
    PulseGate?: PulseGateApi;
    PulseGateSession?: PulseGateSessionApi;
  }
}

let client: Client | undefined;
/** Calls made before `init`, in order. */
const early: ((client: Client) => void)[] = [];

function withClient(call: (client: Client) => void): void {
  if (client) call(client);
  else if (early.length < EARLY_CALLS) early.push(call);
}

const init = safe((options?: Partial<Options>) => {
  if (client) return;
  client = startClient(readOptions(options));
  for (const call of early.splice(0)) safe(call)(client);
});

const record = (event_type: string, data?: Record<string, unknown>): void =>
  withClient((running) => running.record({ event_type, ...(data && { data }) }));

const track = safe(record);
const flush = safe(() => client?.delivery.pump());

// A page that carries the tag twice is tracked once.
if (!window.PulseGate) {
  window.PulseGate = {
    init,
    track,
    identify: safe((traits) => record("identify", traits)),
    flush,
    end: safe(() => client?.delivery.end()),
    on: safe(on),
    consent: safe((state) => withClient((running) => running.delivery.consent(state))),
  };
  window.PulseGateSession = { init, trackEvent: track, flush };
  if (startsAlone) init();
}
