import { type Entry, readEntries } from "../core/session/entry";
import { readFlushes } from "../data/store/archive";

/**
 * A session's whole log, a flush at a time: what R2 has, then `tail`, what its actor had left (JSON objects joined by commas). An
 * entry may be in both, so each seq is passed on once.
 */
export async function* wholeLog(bucket: R2Bucket, prefix: string, tail: string): AsyncGenerator<Entry[]> {
  let last = 0;
  const fresh = (entries: Entry[]): Entry[] => {
    const rest = entries.filter((entry) => entry.seq > last);
    last = rest.at(-1)?.seq ?? last;
    return rest;
  };
  for await (const { entries } of readFlushes(bucket, prefix)) yield fresh(entries);
  yield fresh(readEntries(tail));
}
