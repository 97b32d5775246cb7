import type { EventInput } from "../../protocol/events";
import type { Backoff } from "./backoff";
import type { Plug } from "./plug";
import type { Consent, Hook, HookName, Options } from "./public";
import type { Stream } from "./queue";

/**
 * What the tracker lends to acts.js, which is built apart and shares no module with it. The build shortens these names
 * (scripts/lib/scripts.mjs), so none of them may be on the wire, in the public API or in the DOM.
 */
export interface Kit {
  options: Options;
  plug: Plug;
  /** The name of this page load. */
  pageName: string;
  recordEvent(event: EventInput): void;
  cleanUrl(href: string): string | undefined;
  addHook(name: HookName, hook: Hook): void;
  emit(name: HookName, detail: unknown): void;
  /** What the visitor allows. Undefined while the site's default applies. */
  consentNow(): Consent | undefined;
  /** Sends the start again, with what is now known of the device. */
  restart(): void;
  /** Sends waiting events, once texts can be cleaned. */
  flushQueue(): void;
  read(key: string): string | null;
  /** Removes the key if there is no value. */
  write(key: string, value?: string | null | false): void;
  /** Values that could not, or must not, be stored on the device. */
  memory: Map<string, string>;
  /** Streams with unacked events. The first takes new ones. */
  streams: Stream[];
  /** When calls are tried again. */
  retry: Backoff;
  /** Enters an event, in the JSON it was sent in, into the current session. */
  enter(json: string): unknown;
  /** Ends a session for every tab, unless another has begun the next already. */
  forgetSession(id: string): void;
  changeConsent(state: Consent | undefined): void;
  /** Writes unacked events to the device. `held`: epoch ms, see `Kept`. */
  keepAll(held: number): void;
}

/** The kit as acts.js passes it to its parts. */
export interface FullKit extends Kit {
  /** Whether anything may be stored on the device: not while consent is denied or pending. */
  mayStore(): boolean;
}
