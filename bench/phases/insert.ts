// D1: the flush's one statement beside a plain batch() of single-row inserts, in rows a second; and beside rows made inside
// SQLite, which is all that any insert into this table can reach.
import { buildOwn } from "../lib/build.ts";
import { start } from "../lib/server.ts";
import { median } from "../lib/stats.ts";
import { VISIT_EVENTS, visit } from "../load/mix.ts";

export const FLUSH_ROWS = [20, 100, 500];

/** Journal entries of a long session. */
const entries = Array.from({ length: 500 }, (_, i) => {
  const event = visit(Math.floor(i / VISIT_EVENTS))[i % VISIT_EVENTS];
  if (!event) throw new Error("a visit has 100 events");
  const { event_type, page, element, timestamp, ...rest } = event;
  const place = { seq: i + 1, at: timestamp, kind: "event", received_at: timestamp, stream: "p1", number: i + 1 };
  const detail = Object.keys(rest).length > 0 ? rest : undefined;
  return JSON.stringify({ ...place, event_type, page, element, detail });
});

/**
 * @param options `rows`: to write in each cell.
 * @returns Rows a second; `ratio` is flush to batch, `ceiling` the most it could be.
 */
export async function compareInserts({
  rounds,
  rows: wanted,
}: {
  rounds: number;
  rows: number;
}): Promise<{ rows: number; flush: number; batch: number; made: number; ratio: number; ceiling: number }[]> {
  const server = await start("insert", { dist: await buildOwn("insert"), objects: {} });
  try {
    const found = FLUSH_ROWS.map((rows) => ({
      rows,
      flush: [] as number[],
      batch: [] as number[],
      made: [] as number[],
    }));
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const { rows, ...rates } of found) {
        for (const how of ["flush", "batch", "made"] as const) {
          const times = Math.ceil(wanted / rows / (how === "batch" ? 4 : 1));
          const began = performance.now();
          const response = await fetch(`http://127.0.0.1:${server.port}/`, {
            method: "POST",
            body: JSON.stringify({ how, rows, times, entries }),
          });
          const { written } = (await response.json()) as { written: number };
          if (written !== rows * times) throw new Error(`${how}: ${written} of ${rows * times} rows written`);
          if (round > 0) rates[how].push(written / ((performance.now() - began) / 1_000));
        }
      }
    }
    return found.map(({ rows, flush, batch, made }) => ({
      rows,
      flush: median(flush),
      batch: median(batch),
      made: median(made),
      ratio: median(flush) / median(batch),
      ceiling: median(made) / median(batch),
    }));
  } finally {
    await server.kill();
  }
}
