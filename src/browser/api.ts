import type { Consent } from "../protocol/fields";
import type { Hook, HookName } from "./hooks";
import type { Options } from "./options";

/** What a page may call: `window.PulseGate`. None of it throws. */
export interface PulseGateApi {
  /** Starts the tracker on a page whose tag says `data-auto="false"`; once is enough. */
  init(given?: Partial<Options>): void;
  /** An event of the page's own: type `[a-z][a-z0-9_.]{0,63}`. */
  track(type: string, data?: Record<string, unknown>): void;
  /** Says who this is; traits are kept with the session, never in an event. */
  identify(traits: Record<string, unknown>): void;
  /** Sends what is waiting, without the usual quarter of a second. */
  flush(): void;
  /** Ends the session; what happens next begins another. */
  end(): void;
  on(name: HookName, hook: Hook): void;
  /** What the visitor allows from now on. */
  consent(state: Consent): void;
}

/** For embeds of the product's first version. */
export interface PulseGateSessionApi {
  init(given?: Partial<Options>): void;
  trackEvent(type: string, data?: Record<string, unknown>): void;
  flush(): void;
}

declare global {
  interface Window {
    PulseGate?: PulseGateApi;
    PulseGateSession?: PulseGateSessionApi;
  }
}
