import { KEEP_MS, QUEUE_BYTES } from "../../limits";
import type { Item, Stream } from "../../queue";

/** What is lost on the page, under the numbers it had or would have had. */

function lose(stream: Stream, lost: Item): void {
  stream.items = stream.items.filter((item) => item !== lost);
  const { number } = lost;
  const newest = stream.gone[stream.gone.length - 1];
  if (newest?.[1] === number - 1) newest[1] = number;
  else stream.gone.push([number, number]);
}

/** Numbers `count` events that are lost already. */
export function miss(stream: Stream, count: number): void {
  const first = stream.last + 1;
  stream.last += count;
  stream.gone.push([first, stream.last]);
}

/** Drops what is over 20 h old at `now`, and as much as is too much: the oldest mouse path, or the oldest event. */
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
