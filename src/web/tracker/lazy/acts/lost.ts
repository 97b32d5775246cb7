import { KEEP_MS, QUEUE_BYTES } from "../../limits";
import type { Item, Stream } from "../../queue";

/** Drops an event, and names its number as gone. */

function lose(stream: Stream, lost: Item): void {
  stream.items = stream.items.filter((item) => item !== lost);
  const { number } = lost;
  const newest = stream.gone[stream.gone.length - 1];
  if (newest?.[1] === number - 1) newest[1] = number;
  else stream.gone.push([number, number]);
}

/** Gives numbers to `count` events that are lost already, and names them as gone. */
export function miss(stream: Stream, count: number): void {
  const first = stream.last + 1;
  stream.last += count;
  stream.gone.push([first, stream.last]);
}

/** Drops events over 20 h old at `now`. Over the byte limit it drops the oldest mouse paths first, then the oldest events. */
export function bound(stream: Stream, now: number): void {
  for (;;) {
    let bytes = 0;
    for (const item of stream.items) bytes += item.bytes;
    const lost =
      bytes > QUEUE_BYTES
        ? (stream.items.find((item) => /^{"event_type":"mousemove"/.test(item.json)) ?? stream.items[0])
        : stream.items.find((item) => item.at < now - KEEP_MS);
    if (!lost) return;
    lose(stream, lost);
  }
}
