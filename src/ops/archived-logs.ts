import type { Entry } from "../core/session/entry";
import { readFlushes, readMeta } from "../data/store/archive";
import { type Day, sessionPrefixes } from "../data/store/archive-days";

/** A session's log in R2. It names nobody: identifiers are in other objects. */
export interface ArchivedLog {
  /** The next call may go on after this. */
  prefix: string;
  session_id: string;
  /** Null if its `meta.json` is missing. */
  site: string | null;
  entries: Entry[];
}

/** The logs of sessions begun on some days, one after the other. */
export async function* archivedLogs(
  bucket: R2Bucket,
  range: { from: Day; to: Day },
  after: string | null,
): AsyncGenerator<ArchivedLog> {
  for await (const { prefix, session_id } of sessionPrefixes(bucket, range, after)) {
    const meta = await readMeta(bucket, prefix);
    const entries: Entry[] = [];
    for await (const flush of readFlushes(bucket, prefix)) entries.push(...flush.entries);
    // A young session may have only a recording in R2: its log is still with its actor.
    if (meta || entries.length > 0) yield { prefix, session_id, site: meta?.site ?? null, entries };
  }
}
