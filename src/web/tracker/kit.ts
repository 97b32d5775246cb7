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
  /** What the visitor allows. Undefined while the site's default holds. */
  consentNow(): Consent | undefined;
  /** Sends the start again, with what is known of the device now. */
  restart(): void;
  /** Sends what waits, once texts can be cleaned. */
  flushQueue(): void;
  read(key: string): string | null;
  /** Removes the key if there is no value. */
  write(key: string, value?: string | null | false): void;
  /** What could not, or must not, be kept on the device. */
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
  /** Writes unacked events to the device. `held`: epoch ms of the writing. */
  keepAll(held: number): void;
}

/** The kit as acts.js passes it to its parts. */
export interface FullKit extends Kit {
  /** Whether the device may keep something: not while the visitor's answer is no, or still missing. */
  mayStore(): boolean;
}
