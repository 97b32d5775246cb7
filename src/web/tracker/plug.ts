import type { Ack } from "../../core/delivery/streams";
import type { EventInput } from "../../protocol/events";
import type { StartInput } from "../../protocol/track";
import type { AddressFacts } from "./campaign";
import type { Batch, Stream } from "./queue";
import type { Call, Reply } from "./reply";

/** What the tracker's later part plugs into delivery. */
export interface Plug {
  /** A text without secrets; `name`: what it is called in its data, or nothing for an address. Absent until acts.js is there. */
  clean?(text: string, name?: string): string;
  /** Records a view, if the page's address shows another now. */
  look?(): void;
  /** What an address tells, where routes in the hash are pages of their own. */
  addressFacts?(page: string): AddressFacts;
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

/** Filled by the part of the tracker that comes after idle. */
export const plug: Plug = { leaving: [], ledBy: document.referrer };
