/** The tracker's public API: `window.PulseGate` on a page with the tag, or the module `pulsegate/browser`. */

export type Consent = "granted" | "pending" | "denied";

export interface Options {
  /** The server's address, without a slash at the end. Default: where the script came from, without its version. */
  endpoint: string;
  /** Default: `default`. */
  site: string;
  /** What the visitor allows, where the page knows it before the first event. Default: what the site's settings say. */
  consent?: Consent;
  /** `"true"` takes the browser's old Do Not Track for a refusal, as Global Privacy Control always is. */
  dnt?: string;
  /**
   * What is no secret on this site, with blanks or commas between: names of parameters and data, and patterns of values with
   * `*` for anything. Default: nothing. The site's settings have to allow it too.
   */
  allow?: string;
  /** The domain whose hosts share visitor and session, by a cookie: `shop.example`. Default: each host has its own. */
  domain?: string;
  /** Present, whatever it says: what follows `#/` in an address is a page of its own (`#/cart?page=2`). */
  hash?: string;
  /** Google's consent mode says it, by `analytics_storage`; other signals that have to be granted too are named here. */
  consentMode?: string;
  /** A platform of the TCF says it; the purposes, where they are not 1 and 8. */
  tcf?: string;
  /** A platform of the GPP says it. */
  gpp?: string;
  /** A consent banner says it: its name, and after a colon its categories, with `+` between. */
  banner?: string;
  /** `"false"`: how quickly the page loads and answers is not measured. */
  vitals?: string;
}

/**
 * `event`: recorded; `ack`: a call was settled; `session`: events now belong to this id; `score`: the engagement has
 * changed, `{ score, band }`, where the site's settings expose it.
 */
export type HookName = "event" | "ack" | "session" | "score";
export type Hook = (detail: unknown) => void;

/** What a page may call. None of it throws, and all of it may be called before the tracker has started. */
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
  /** Calls `hook` from now on; with `session` also for the session that runs already. */
  on(name: HookName, hook: Hook): void;
  /** What the visitor allows from now on. */
  consent(state: Consent): void;
}

/** A call that a page makes before the script is there: its name and arguments. */
export type StubCall = [name: keyof PulseGateApi, ...args: unknown[]];

/** What may stand in the script's place until then: the calls, in order. */
export interface PulseGateStub {
  q?: StubCall[];
}

/** For embeds of the product's first version. */
export interface PulseGateSessionApi {
  init(given?: Partial<Options>): void;
  trackEvent(type: string, data?: Record<string, unknown>): void;
  flush(): void;
}

declare global {
  interface Window {
    PulseGate?: PulseGateApi & PulseGateStub;
    PulseGateSession?: PulseGateSessionApi;
  }
}

export declare const init: PulseGateApi["init"];
export declare const track: PulseGateApi["track"];
export declare const identify: PulseGateApi["identify"];
export declare const flush: PulseGateApi["flush"];
export declare const end: PulseGateApi["end"];
export declare const on: PulseGateApi["on"];
export declare const consent: PulseGateApi["consent"];
