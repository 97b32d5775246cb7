import type { Seeds, SeedTexts } from "../../src/data/store/seed";
import { addVisit } from "./visit";
import { type Profile, seeded, upTo } from "./world";

/** Makes sessions, hour after hour, as the texts D1 takes: what `thread.ts` runs. */

export interface Hour {
  /** Epoch ms. */
  at: number;
  /** The number of its first session, and how many there are. */
  first: number;
  count: number;
}

export interface Job {
  hours: Hour[];
  profiles: [Profile, ...Profile[]];
}

export interface Batch {
  texts: SeedTexts;
  sessions: number;
  events: number;
  /** The hour of its last session, epoch ms: once it is written, all sessions from before that hour are. */
  through: number;
  /** The job's last. */
  isLast: boolean;
}

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
    // A source of its own for each hour: the same hour is made of the same sessions whatever is made beside it.
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
