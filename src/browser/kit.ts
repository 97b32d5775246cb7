import type { EventInput } from "../protocol/events";
import type { Device } from "./lazy/fingerprint";
import type { Hook, HookName, Options } from "./public";
import type { Stream } from "./queue";
import type { Reply } from "./reply";

/** What the tracker's later part plugs into delivery. */
export interface Plug {
  /** May add an event to whatever is about to go out. */
  gather?(): void;
  /** Sends a batch of the session `id` by WebSocket: undefined while none is open. Answers with nothing if it fails. */
  socket?(id: string, body: string): Promise<Reply> | undefined;
  /** The visitor's consent has changed. */
  consented?(): void;
  /** What it has found out of the device; a start says it, with consent. */
  device?: Device;
}

/** What the tracker lends to the file it loads after idle: that is built by itself, and shares no module with it. */
export interface Kit {
  options: Options;
  plug: Plug;
  /** This page load's own name. */
  page: string;
  record(event: EventInput): void;
  cleanUrl(href: string): string | undefined;
  /** Takes over what an earlier page has left. */
  adopt(stream: Stream): void;
  on(name: HookName, hook: Hook): void;
  /** False while nobody has allowed it, or somebody has forbidden it. */
  mayStore(): boolean;
  /** Says the start again, with what is known of the device now. */
  restart(): void;
}

/** How a kit is handed over: by position, because each name would weigh in the first file. */
export type Lent = [
  Kit["options"],
  Kit["plug"],
  Kit["page"],
  Kit["record"],
  Kit["cleanUrl"],
  Kit["adopt"],
  Kit["on"],
  Kit["mayStore"],
  Kit["restart"],
];
