import { type Entry, readEntries } from "../core/session/entry";
import { type ArchivedEvents, readFlushes } from "../data/store/archive";

/**
 * A session's whole log, a flush at a time: what R2 has, then `tail`, what its actor had left (JSON objects joined by commas). An
 * entry may be in both, so each seq is passed on once.
 */
export const wholeLog = (bucket: R2Bucket, prefix: string, tail: string): AsyncGenerator<Entry[]> =>
  logAfter(readFlushes(bucket, prefix), tail, 0);

/** The same of some flushes, without the entries up to seq `after`. */
export async function* logAfter(
  flushes: AsyncIterable<ArchivedEvents>,
  tail: string,
  after: number,
): AsyncGenerator<Entry[]> {
  let last = after;
  const fresh = (entries: Entry[]): Entry[] => {
    const rest = entries.filter((entry) => entry.seq > last);
    last = rest.at(-1)?.seq ?? last;
    return rest;
  };
  for await (const { entries } of flushes) yield fresh(entries);
  yield fresh(readEntries(tail));
}
