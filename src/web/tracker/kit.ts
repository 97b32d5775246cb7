import type { EventInput } from "../../protocol/events";
import type { Backoff } from "./backoff";
import type { Plug } from "./plug";
import type { Consent, Hook, HookName, Options } from "./public";
import type { Stream } from "./queue";

/** What the tracker lends to the file it loads after idle: that is built by itself, and shares no module with it. */
export interface Kit {
  options: Options;
  plug: Plug;
  /** This page load's own name. */
  page: string;
  record(event: EventInput): void;
  cleanUrl(href: string): string | undefined;
  on(name: HookName, hook: Hook): void;
  emit(name: HookName, detail: unknown): void;
  /** What the visitor allows; undefined while the site's default holds. */
  consent(): Consent | undefined;
  /** False while nobody has allowed it, or somebody has forbidden it. */
  mayStore(): boolean;
  /** Says the start again, with what is known of the device now. */
  restart(): void;
  /** Sends what there is: nothing goes out before texts can be cleaned. */
  flush(): void;
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

/** How a kit is handed over: by position, because each name would weigh in the first file. */
export const KIT = [
  ...(["options", "plug", "page", "record", "cleanUrl", "on", "emit", "consent", "restart", "flush"] as const),
  ...(["read", "write", "memory", "streams", "retry", "enter", "forgetSession", "keepAll", "changeConsent"] as const),
] as const;

type Values<Names extends readonly (keyof Kit)[]> = { -readonly [Place in keyof Names]: Kit[Names[Place]] };
export type Lent = Values<typeof KIT>;
