import { rollUp } from "../../src/ops/rollup";
import { insertSeeds, type Seeds } from "../../src/store/seed";
import { addVisit } from "../seed/visit";
import { type Profile, seeded, upTo } from "../seed/world";

/** Writes made-up sessions from inside the runtime, where D1 is near. */

interface Env {
  DB: D1Database;
}

interface Hour {
  /** Epoch ms. */
  at: number;
  /** The number of its first session, and how many there are. */
  first: number;
  count: number;
}

interface Job {
  hours: Hour[];
  profiles: [Profile, ...Profile[]];
}

/** Sessions written at a time: with ten events each, about 1.3 MB of JSON a statement at most. */
const BATCH = 400;

const none = (): Seeds => ({ sessions: [], events: [], leads: [] });

/** The next batch is made while D1 writes the one before. */
async function seed({ hours, profiles }: Job, db: D1Database): Promise<number> {
  let seeds = none();
  let writing: Promise<unknown> = Promise.resolve();
  let events = 0;
  const write = async (): Promise<void> => {
    await writing;
    events += seeds.events.length;
    writing = insertSeeds(db, seeds);
    seeds = none();
  };
  for (const { at, first, count } of hours) {
    // A source of its own for each hour: the same hour is made of the same sessions whatever is made beside it.
    const random = seeded(at / 3_600_000);
    const starts = Array.from({ length: count }, () => at + upTo(random, 3_599_999)).sort((a, b) => a - b);
    for (const [i, start] of starts.entries()) {
      addVisit(seeds, first + i, start, random, profiles);
      if (seeds.sessions.length >= BATCH) await write();
    }
  }
  await write();
  await writing;
  return events;
}

export default {
  async fetch(request, { DB }) {
    try {
      const { pathname } = new URL(request.url);
      if (pathname === "/rollup") return Response.json(await rollUp(DB, Number(await request.text()), true, 5_000));
      return Response.json({ events: await seed(await request.json<Job>(), DB) });
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;
