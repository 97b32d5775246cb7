import type { Ack } from "../../core/delivery/streams";
import type { EventInput } from "../../protocol/events";
import type { StartInput } from "../../protocol/track";
import type { AddressFacts } from "./campaign";
import type { Batch, Stream } from "./queue";
import type { Call, Reply } from "./reply";

/** What acts.js plugs into delivery. */
export interface Plug {
  /** Removes secrets from a text. `name`: its name in the event's data, empty for an address. Absent until acts.js has loaded. */
  clean?(text: string, name?: string): string;
  /** Records a view if the page's address now shows another view. */
  look?(): void;
  /** Replaces `addressFacts` if routes in the hash are pages of their own. */
  addressFacts?(page: string): AddressFacts;
  /** Whether the server would refuse a whole batch because of this event. */
  refuses?(event: EventInput): boolean;
  /** Drops events that are too old at `now` (epoch ms), or too many. */
  bound?(stream: Stream, now: number): void;
  /** Forgets what the ack for `batch` has settled. */
  settle?(stream: Stream, batch: Batch, ack: Ack): void;
  /** Moves unacked events to a new session: the server does not know theirs, or takes no more streams of it. */
  move?(stream: Stream): void;
  /** Called with the server's answer once a call is settled. */
  answered?(reply: Reply, call: Call): void;
  /** The referrer, for the first session of a page load. Empty after that. */
  ledBy: string;
  /** Called before the page is left, maybe more than once. Each may record an event, and none may throw. */
  leaving: (() => void)[];
  /** May record an event before events go out. */
  gather?(): void;
  /** Sends a batch of session `id` by WebSocket. Undefined while none is open; resolves to an empty reply if it fails. */
  socket?(id: string, body: string): Promise<Reply> | undefined;
  /** Called when the visitor's consent has changed. */
  consented?(): void;
  /** Facts of the device and visitor, sent with a start if there is consent. */
  device?: Partial<StartInput>;
}

/** Filled by acts.js. */
export const plug: Plug = { leaving: [], ledBy: document.referrer };
