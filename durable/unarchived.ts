import type { Journal } from "../src/store/journal";
import type { Memory } from "./memory";

/** What of a session R2 does not have yet, and where in R2 the rest is. */
export interface Unarchived {
  site: string;
  started_at: number;
  /** Entries as JSON objects joined by commas, oldest first; empty when R2 has them all. */
  body: string;
}

/** A plan that is being written may be in R2 already: whoever reads both tells the entries apart by their seq. */
export function unarchivedOf({ head, state, progress }: Memory, journal: Journal): Unarchived {
  const rows = journal.range(progress.r2.through + 1, state.seq);
  return { site: head.site, started_at: state.started_at, body: rows.map((row) => row.body).join(",") };
}
