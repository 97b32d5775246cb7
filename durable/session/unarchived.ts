import type { Unarchived } from "../../src/bindings";
import type { Journal } from "../../src/data/store/journal";
import type { SessionMemory } from "./memory";

/** The entries that R2 may lack. A plan that is being written may be there already: the reader drops doubles by their seq. */
export function unarchivedOf({ head, state, progress }: SessionMemory, journal: Journal): Unarchived {
  const rows = journal.range(progress.r2.through + 1, state.seq);
  return { site: head.site, started_at: state.started_at, body: rows.map((row) => row.body).join(",") };
}
