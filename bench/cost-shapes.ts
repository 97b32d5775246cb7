// `npm run cost` without numbers: short and long visits, half of them returning, beside what they may cost.
import { atMost, type Target } from "../scripts/lib/target.ts";
import { BILL_SHAPES, type BillShape, countSessions, type Kept } from "./phases/bill.ts";
import { bill, type Counts, only } from "./prices.ts";
import { table } from "./report.ts";

/** Counted visits a shape: enough to even out the jitter of flushes. */
const COUNTED = 100;
/** Of a hundred visits so many are a visitor's second, three days after the first. */
const RETURNING = 0.5;

/** By shape; null: it has none. */
interface Goals {
  long: number;
  ended: number;
  idled: number | null;
}

/** Dollars a million events at list price, with a site's usual settings. */
const USUAL_GOALS: Goals = { long: 2.2, ended: 6.6, idled: null };
/** The same where raw events are in the archive, and KV has notable counters only. */
const LEAST_GOALS: Goals = { long: 0.8, ended: 3.2, idled: 4 };

const SHAPES: readonly { goal: keyof Goals; name: string; length: number; ends: BillShape["ends"] }[] = [
  { goal: "long", name: "100 events, ended", length: 100, ends: "end" },
  { goal: "ended", name: "10 events, ended", length: 10, ends: "end" },
  { goal: "idled", name: "10 events, idled", length: 10, ends: "idle" },
];

const PARTS = [
  ["the sessions' actors and stores", "session"],
  ["identities", "identity"],
  ["the roster", "roster"],
] as const;

interface Counted {
  name: string;
  length: number;
  /** For a million events. */
  dollars: number;
  /** The same by part of the bill. */
  parts: Record<string, number>;
  counts: Counts;
}

/** @returns The exit code. */
export async function showShapes({ kept, json }: { kept: Kept; json: boolean }): Promise<number> {
  const isLeast = kept.events === "archive" && kept.kv === "notable";
  const goals = isLeast ? LEAST_GOALS : USUAL_GOALS;
  const shapes: Counted[] = [];
  const targets: Target[] = [];
  for (const { goal, name, length, ends } of SHAPES) {
    if (!json) console.error(`Playing visits of ${name} …`);
    const shape: BillShape = { ...BILL_SHAPES.batches, name, length, ends, kept, returning: RETURNING };
    const counts = await countSessions(shape, COUNTED);
    const dollars = bill(perMillion(counts, length)).dollars;
    const parts = Object.fromEntries(
      PARTS.map(([, part]) => [part, bill(perMillion(only(counts, [part]), length)).dollars]),
    );
    const most = goals[goal];
    if (most !== null) targets.push(atMost(`a million events, visits of ${name}`, dollars, "$", most));
    shapes.push({ name, length, dollars, parts, counts });
  }
  if (json) console.log(JSON.stringify({ kept, returning: RETURNING, targets, shapes }));
  else {
    const rows = PARTS.map(([title, part]) => [title, ...shapes.map(({ parts }) => (parts[part] ?? 0).toFixed(2))]);
    const head = ["$ a million events, at list price", ...shapes.map(({ name }) => name)];
    console.log(table(head, [...rows, ["Together", ...shapes.map(({ dollars }) => dollars.toFixed(2))]]));
    console.log(`\nHalf of the visits are a visitor's second. Raw events: ${kept.events}. Counters in KV: ${kept.kv}.`);
    for (const { name, value, goal, holds } of targets) {
      console.log(`${holds ? "ok  " : "FAIL"} ${name}: $${value.toFixed(2)} (${goal})`);
    }
  }
  return targets.every(({ holds }) => holds) ? 0 : 1;
}

const perMillion = (counts: Counts, length: number): Counts =>
  Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, (n / length) * 1e6]));
