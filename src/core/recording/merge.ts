import type { RecordedEvent } from "../../protocol/recording";
import type { StoredChunk } from "./chunk";

/** An event as it is read: on the server's clock, with the page load it is of. */
export type ReadEvent = RecordedEvent & { stream: string };

/** A chunk that can be read, and what orders it among the others. */
export interface Readable {
  at: number;
  lag: number;
}

/** By how much event times are shifted to the server's clock, ms: the smallest lag has the least travel time in it. */
export const clockOf = (chunks: readonly Readable[]): number =>
  chunks.length === 0 ? 0 : Math.min(...chunks.map(({ lag }) => lag));

/**
 * The events of all chunks, oldest first, several tabs merged. Chunks come in the order of their first events, so events that are
 * older than the next chunk's first can be handed out: only chunks that overlap are held in memory.
 */
export async function* mergeChunks<C extends Readable>(
  chunks: readonly C[],
  read: (chunk: C) => Promise<StoredChunk | null>,
): AsyncGenerator<ReadEvent[]> {
  const shift = clockOf(chunks);
  let held: ReadEvent[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const stored = await read(chunk);
    if (stored) held.push(...stored.events.map((event) => ({ ...event, stream: stored.stream })));
    // The sort is stable: events of one moment stay in their order.
    held.sort((a, b) => a.timestamp - b.timestamp);
    const next = chunks[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const ready = held.findIndex(({ timestamp }) => timestamp >= next);
    const count = ready < 0 ? held.length : ready;
    const out = held.slice(0, count);
    held = held.slice(count);
    if (out.length > 0) yield out.map((event) => ({ ...event, timestamp: event.timestamp + shift }));
  }
}
