/** The tracker's public API: `window.PulseGate` on a page with the tag, or the module `pulsegate`. */

export type Consent = "granted" | "pending" | "denied";

export interface Options {
  /** The server's address, without a slash at the end. Default: the address that the script came from, without its version. */
  endpoint: string;
  /** Default: `default`. */
  site: string;
  /** What the visitor allows, if the page knows it before the first event. Default: what the site's settings say. */
  consent?: Consent;
  /** `"true"` treats the browser's old Do Not Track as a refusal. Global Privacy Control always is one. */
  dnt?: string;
  /**
   * What is no secret on this site, separated by blanks or commas: names of parameters and data, and patterns of values with `*`
   * for anything. Default: nothing. The site's settings have to allow it too.
   */
  allow?: string;
  /** The domain whose hosts share visitor and session, by a cookie: `shop.example`. Default: each host has its own. */
  domain?: string;
  /** If present, with any value: what follows `#/` or `#!/` in an address is a page of its own (`#/cart?page=2`). */
  hash?: string;
  /** Google's consent mode says what the visitor allows, by `analytics_storage` and any other signals that are named here. */
  consentMode?: string;
  /** A TCF platform says what the visitor allows. The value names the purposes, if they are not 1 and 8. */
  tcf?: string;
  /** A GPP platform says what the visitor allows. */
  gpp?: string;
  /** A consent banner says what the visitor allows. The value is its name, and after a colon its categories, joined by `+`. */
  banner?: string;
  /** `"false"`: the tracker does not measure how quickly the page loads and answers. */
  vitals?: string;
  /** Any value but `"false"` prints rejected events in the console. Default: only on localhost, 127.… and [::1]. */
  debug?: string;
}

/**
 * Events that were not taken, and why. With neither `code` nor `rejected` the tracker refused them, because their data is too deep
 * or has a key `__proto__`.
 */
export interface Rejection {
  /** One event that the tracker does not send, or those that were sent together. */
  events: Record<string, unknown>[];
  /** Which of these the server refuses, by their index from 0. Without it all of them are refused, for the one reason in `code`. */
  rejected?: { index: number; code: string; detail: string }[];
  code?: string;
  detail?: string;
}

/**
 * `event`: an event was recorded; `ack`: a call was settled; `session`: events now belong to this id; `rejected`: events were not
 * taken, see `Rejection`; `score`: the engagement has changed, `{ score, band }`, if the site's settings expose it.
 */
export type HookName = "event" | "ack" | "session" | "score" | "rejected";
export type Hook = (detail: unknown) => void;

/**
 * A site's own events: their names, and the data of each. While it is empty, `track` takes any name. Declared events are checked:
 * `declare module "pulsegate" { interface PulseGateEvents { "Cart Added": { sku: string }; "Signed Up": undefined } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to.
export interface PulseGateEvents {}

/** The type of `track` for the events that `Events` declares. */
export type TrackOf<Events> = [keyof Events] extends [never]
  ? (name: string, data?: Record<string, unknown>) => void
  : <Name extends keyof Events & string>(
      name: Name,
      ...data: undefined extends Events[Name] ? [data?: Events[Name]] : [data: Events[Name]]
    ) => void;
export type Track = TrackOf<PulseGateEvents>;

/** What a page may call. None of it throws, and all of it may be called before the tracker has started. */
export interface PulseGateApi {
  /** Starts the tracker on a page whose tag says `data-auto="false"`; once is enough. */
  init(given?: Partial<Options>): void;
  /**
   * Records an event of the page's own. Its name has 1 to 64 UTF-16 units without control characters. Its data is at most 29 levels
   * deep, and has at most 24,000 bytes together with the rest of the event.
   */
  track: Track;
  /** Says who this is; traits are kept with the session, never in an event. */
  identify(traits: Record<string, unknown>): void;
  /** Sends waiting events at once, without the usual quarter of a second. */
  flush(): void;
  /** Ends the session. The next event begins another. */
  end(): void;
  /** Calls `hook` from now on; with `session` also at once for the session that runs already. */
  on(name: HookName, hook: Hook): void;
  /** What the visitor allows from now on. */
  consent(state: Consent): void;
}

/** A call that a page makes before the script has loaded: its name and arguments. */
export type StubCall = [name: keyof PulseGateApi, ...args: unknown[]];

/** What may stand in the script's place until it has loaded: the calls, in order. */
export interface PulseGateStub {
  q?: StubCall[];
}

/** For embeds of the product's first version. */
export interface PulseGateSessionApi {
  init(given?: Partial<Options>): void;
  trackEvent: Track;
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
