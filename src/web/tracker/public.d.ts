/** The tracker's public API: `window.PulseGate` on a page with the tag, or the module `pulsegate`. */

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
  /** Whatever but `"false"` says in the console what is rejected, as pages of this machine (localhost, 127.0.0.1, [::1]) do. */
  debug?: string;
}

/** What is not taken, and why: by the tracker where it has no `code` (data too deep, or with a key `__proto__`). */
export interface Rejection {
  /** One event that the tracker does not send, or those that were sent together. */
  events: Record<string, unknown>[];
  /** Which of these the server refuses, by their places from 0. Without it all of them are refused, for one reason: `code`. */
  rejected?: { index: number; code: string; detail: string }[];
  code?: string;
  detail?: string;
}

/**
 * `event`: recorded; `ack`: a call was settled; `session`: events now belong to this id; `rejected`: events were not taken, see
 * `Rejection`; `score`: the engagement has changed, `{ score, band }`, where the site's settings expose it.
 */
export type HookName = "event" | "ack" | "session" | "score" | "rejected";
export type Hook = (detail: unknown) => void;

/**
 * A site's own events: their names, and the data of each. Empty, `track` takes any name. A site that declares what it tracks has it
 * checked: `declare module "pulsegate" { interface PulseGateEvents { "Cart Added": { sku: string }; "Signed Up": undefined } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to.
export interface PulseGateEvents {}

/** Calls of `track`, with the events that a type declares. */
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
   * An event of the page's own, by any name of 1 to 64 UTF-16 units without control characters; its data at most 29 levels deep, and
   * 24,000 bytes with the rest of the event.
   */
  track: Track;
  /** Says who this is; traits are kept with the session, never in an event. */
  identify(traits: Record<string, unknown>): void;
  /** Sends what is waiting, without the usual quarter of a second. */
  flush(): void;
  /** Ends the session; what happens next begins another. */
  end(): void;
  /** Calls `hook` from now on; with `session` also for the session that runs already, with `rejected` for what was rejected last. */
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
