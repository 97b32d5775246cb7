import { streamName } from "./ids";
import { toJson } from "./json";
import { queueKey } from "./keys";
import { options } from "./options";
import type { Stream } from "./queue";
import { write } from "./storage";

/** What a page could not deliver, on the device: whichever page lives next sends it, under the same numbers. */
export interface Kept extends Stream {
  /** Of the page that has it: while that lives, it holds the Web Lock of this name. */
  page: string;
  /** When it was written, epoch ms; 0 when its page was about to leave, and whoever comes next may have it. */
  held: number;
}

export const page = streamName();

/** Keeps the unacked events of `stream` on the device; without any it forgets them there. */
export function keep(stream: Stream, held: number): void {
  const kept: Kept = { ...stream, page, held };
  write(queueKey(options.site, stream.name), stream.items[0] && toJson(kept));
}
