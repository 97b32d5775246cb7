import type { EventInput } from "../protocol/events";
import type { StartInput } from "../protocol/track";
import type { Ack } from "../session/streams";
import type { Backoff } from "./backoff";
import type { Call } from "./call";
import type { Told } from "./campaign";
import type { Consent, Hook, HookName, Options } from "./public";
import type { Batch, Stream } from "./queue";
import type { Reply } from "./reply";

/** What the tracker's later part plugs into delivery. */
export interface Plug {
  /** A text without secrets; `name`: what it is called in its data, or nothing for an address. Absent until acts.js is there. */
  clean?(text: string, name?: string): string;
  /** Records a view, if the page's address shows another now. */
  look?(): void;
  /** What an address tells, where routes in the hash are pages of their own. */
  told?(page: string): Told;
  /** Whether the server would refuse the whole batch that an event is in. */
  refuses?(event: EventInput): boolean;
  /** Drops what is too old at `now`, epoch ms, or too much. */
  bound?(stream: Stream, now: number): void;
  /** Forgets what an ack for `batch` has settled. */
  settle?(stream: Stream, batch: Batch, ack: Ack): void;
  /** The server does not know the session, or takes no more streams of it: what is unacked happens in the next. */
  move?(stream: Stream): void;
  /** Hears what the server has answered to a call, once that is settled. */
  answered?(reply: Reply, call: Call): void;
  /** What led to the page: the first session of a page load was brought by it, and no later one. */
  ledBy: string;
  /** Called before the page's last call goes out: each may add an event, and none may throw. It may be left more than once. */
  leaving: (() => void)[];
  /** May add an event to whatever is about to go out. */
  gather?(): void;
  /** Sends a batch of the session `id` by WebSocket: undefined while none is open. Answers with nothing if it fails. */
  socket?(id: string, body: string): Promise<Reply> | undefined;
  /** The visitor's consent has changed. */
  consented?(): void;
  /** What it has found out of the device; a start says it, with consent. */
  device?: Partial<StartInput>;
}

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
