// Makes sessions, hour after hour, as the texts that D1 takes. Runs in `thread.ts`.
import { seeded } from "../../scripts/lib/random";
import type { Seeds } from "../../src/data/store/seed";
import type { Batch, Job } from "./job";
import { addVisit } from "./visit";
import { upTo } from "./world";

/** Sessions written at a time: with ten events each, about 1.3 MB of JSON a statement at most. */
const BATCH = 400;

function batchOf(seeds: Seeds, through: number, isLast: boolean): Batch {
  const texts = {
    sessions: JSON.stringify(seeds.sessions),
    events: JSON.stringify(seeds.events),
    leads: JSON.stringify(seeds.leads),
  };
  return { texts, sessions: seeds.sessions.length, events: seeds.events.length, through, isLast };
}

export function* makeBatches({ hours, profiles }: Job): Generator<Batch> {
  let seeds: Seeds = { sessions: [], events: [], leads: [] };
  for (const { at, first, count } of hours) {
    // Each hour has its own random source, so it always gets the same sessions, whatever else is made.
    const random = seeded(at / 3_600_000);
    const starts = Array.from({ length: count }, () => at + upTo(random, 3_599_999)).sort((a, b) => a - b);
    for (const [i, start] of starts.entries()) {
      addVisit(seeds, first + i, start, random, profiles);
      if (seeds.sessions.length < BATCH) continue;
      yield batchOf(seeds, at, false);
      seeds = { sessions: [], events: [], leads: [] };
    }
  }
  yield batchOf(seeds, hours.at(-1)?.at ?? 0, true);
}
