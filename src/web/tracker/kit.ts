import type { EventInput } from "../../protocol/events";
import type { Backoff } from "./backoff";
import type { Plug } from "./plug";
import type { Consent, Hook, HookName, Options } from "./public";
import type { Stream } from "./queue";

/** What the tracker lends to the file it loads after idle: that is built by itself, and shares no module with it. */
export interface Kit {
  options: Options;
  plug: Plug;
  /** The name of this page load. */
  pageName: string;
  recordEvent(event: EventInput): void;
  cleanUrl(href: string): string | undefined;
  addHook(name: HookName, hook: Hook): void;
  emit(name: HookName, detail: unknown): void;
  /** What the visitor allows; undefined while the site's default holds. */
  consentNow(): Consent | undefined;
  /** Says the start again, with what is known of the device now. */
  restart(): void;
  /** Sends what there is: nothing goes out before texts can be cleaned. */
  flushQueue(): void;
  read(key: string): string | null;
  /** Without a value it removes. */
  write(key: string, value?: string | null | false): void;
  /** What could not be kept on the device, or must not be. */
  memory: Map<string, string>;
  /** Those with something unacked; the first takes events. */
  streams: Stream[];
  /** When calls are tried again. */
  retry: Backoff;
  /** Enters an event as it went out into the session that runs now. */
  enter(json: string): unknown;
  /** Ends a session for every tab, unless another has begun the next already. */
  forgetSession(id: string): void;
  changeConsent(state: Consent | undefined): void;
  /** To the device: what is unacked, written at `held`, epoch ms. */
  keepAll(held: number): void;
}

/** The kit as the later part of the tracker passes it on to its own parts. */
export interface FullKit extends Kit {
  /** False while nobody has allowed it, or somebody has forbidden it. */
  mayStore(): boolean;
}
