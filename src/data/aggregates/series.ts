import { isBot } from "../../core/rollup/session-facts";
import { addSession, contributionOf, mergeStored, newSlice, type Slice } from "../../core/rollup/slice";
import { readFactsRange } from "../store/read-facts";
import { classesOf, type Question } from "./question";
import { readRolled } from "./read";

export interface TypeCount {
  /** Start of the interval, UTC, epoch ms. */
  at: number;
  event_type: string;
  events: number;
  sessions: number;
}

/** Events by type in each interval of `size` ms (an hour or a day, UTC), oldest first, then by type. */
export async function collectTypes(
  db: D1Database,
  question: Question,
  size: number,
  wholeDays: boolean,
): Promise<{ counts: TypeCount[]; excluded: number }> {
  const wanted = { parts: ["type"] as const, sketch: [], hours: false };
  const rolled = await readRolled(db, question, wanted, { days: wholeDays, hours: true });
  const included = new Set(classesOf(question.bots));
  const slices = new Map<number, Slice>();
  let excluded = 0;
  const sliceAt = (at: number): Slice => {
    const start = Math.floor(at / size) * size;
    let slice = slices.get(start);
    if (!slice) {
      slice = newSlice();
      slices.set(start, slice);
    }
    return slice;
  };
  for (const row of [...rolled.days, ...rolled.hours]) {
    if (included.has(row.is_bot)) mergeStored(sliceAt(row.period), row);
    else excluded += (JSON.parse(row.totals) as [number[]])[0][0] ?? 0;
  }
  for (const range of rolled.plan.rows) {
    for await (const page of readFactsRange(db, range, question.filter)) {
      for (const facts of page) {
        if (included.has(isBot(facts) ? 1 : 0)) addSession(sliceAt(facts.started_at), contributionOf(facts, ["type"]));
        else excluded += 1;
      }
    }
  }
  const counts = [...slices]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, { parts }]) =>
      [...(parts.get("type")?.values ?? [])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([event_type, [events = 0, sessions = 0]]) => ({ at, event_type, events, sessions })),
    );
  return { counts, excluded };
}
