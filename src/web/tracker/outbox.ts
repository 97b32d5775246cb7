import { streamName } from "./ids";
import { toJson } from "./json";
import { queueKey } from "./keys";
import { options } from "./options";
import type { Stream } from "./queue";
import { write } from "./storage";

/** What a page could not deliver, as stored on the device. The next page sends it, under the same numbers. */
export interface Kept extends Stream {
  /** The page that owns it, which holds a Web Lock of this name while it lives. */
  page: string;
  /** When it was written, epoch ms. 0 if its page was about to be left: then any page may take it. */
  held: number;
}

export const page = streamName();

/** Writes the unacked events of `stream` to the device, or removes them there if none are left. */
export function keep(stream: Stream, held: number): void {
  const kept: Kept = { ...stream, page, held };
  write(queueKey(options.site, stream.name), stream.items[0] && toJson(kept));
}
