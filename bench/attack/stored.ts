// Whether every event that was acked is in D1, or counted as one that only the archive has.
import { sleep } from "../lib/process.ts";
import type { Server } from "../lib/server.ts";

/** Sessions a query: their ids are part of its text. */
const PIECE = 500;
/** D1 has an ended session at once, or seconds later if a flush failed and is tried again. */
const WAIT_MS = 30_000;

/**
 * Waits until no event is missing, or the time is over.
 * @param acked Events by session.
 * @returns Events that are missing.
 */
export async function lostOf(server: Server, acked: ReadonlyMap<string, number>): Promise<number> {
  for (const until = performance.now() + WAIT_MS; ; ) {
    const missing = await missingOf(server, acked);
    if (missing === 0 || performance.now() > until) return missing;
    await sleep(1_000);
  }
}

async function missingOf(server: Server, acked: ReadonlyMap<string, number>) {
  const stored = new Map<unknown, number>();
  const ids = [...acked.keys()];
  while (ids.length > 0) {
    const names = ids.splice(0, PIECE).map((id) => `'${id}'`);
    const rows = await server.sql(`SELECT session_id, coalesce(detail ->> 'shed', 0)
      + (SELECT count(*) FROM events WHERE events.session_id = sessions.session_id) AS events
      FROM sessions WHERE session_id IN (${names.join(",")})`);
    for (const { session_id, events } of rows) stored.set(session_id, Number(events));
  }
  return [...acked].reduce((sum, [id, events]) => sum + Math.max(0, events - (stored.get(id) ?? 0)), 0);
}
