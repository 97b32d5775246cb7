// `npm run bench:apply`: what folding one event costs, scoring included, and how large a live session is.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadSource } from "../scripts/lib/source.ts";
import { atMost } from "../scripts/lib/target.ts";
import type { Entry } from "../src/core/session/entry.ts";
import { figure } from "./lib/stats.ts";
import { START, VISIT_EVENTS, visit } from "./load/mix.ts";
import { targetTable } from "./report.ts";

const HELP = `npm run bench:apply [-- options]

Folds sessions of 10,000 events (every mouse movement with a path of 25 points) and prints the median time an event
takes, scoring included, and the size of the session's state at its end.
  --beside <folder>  another checkout, with its packages: both fold in turn, 50 events at a time
  --json             one object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help             this text
Ends with 1 if a target does not hold.`;

const { values } = parseArgs({
  options: {
    beside: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const EVENTS = 10_000;
const SESSIONS = 20;
/** The clock's resolution is too coarse for one event: each sample is a run of this many. */
const RUN = 50;
const BASE = Date.UTC(2026, 0, 5, 8);
const GAP_MS = 800;

/** The same limit as for the whole Worker, in bench/beside.ts. */
const SLOWER = 1.05;

type Tools = typeof import("../src/ops/for-commands.ts");
const TOOLS = "src/ops/for-commands.ts";
const ours: Tools = await loadSource(TOOLS);
const other = values.beside === undefined ? null : await toolsOf(resolve(values.beside));
const { apply, newState, agentOf, RULES_VERSION } = ours;

function toolsOf(folder: string): Promise<Tools> {
  if (existsSync(join(folder, TOOLS))) return loadSource(TOOLS, folder);
  console.error(`${folder} is no checkout of this project. See npm run bench:apply -- --help.`);
  process.exit(2);
}

const path = (i: number, seed: number) =>
  Array.from({ length: 25 }, (_, n) => [
    n === 0 ? 0 : 40 + ((n * seed) % 17),
    Math.round(600 + 400 * Math.sin((i + n) / 7) + ((n * 31 * seed) % 23)),
    Math.round(400 + 300 * Math.cos((i + n) / 5) + ((n * 17 * seed) % 19)),
  ]);

function log(seed: number): Entry[] {
  const { page, referrer, device_info: device, screen } = START;
  const network = { address: "a1", network: "n1", country: "DE", region: null, timezone: "Europe/Berlin", colo: "FRA" };
  const events = visit(seed);
  return [
    {
      kind: "start",
      seq: 1,
      at: BASE,
      page,
      referrer,
      device,
      screen,
      agent: agentOf(device.user_agent),
      signals: { webdriver: false, plugins: 5, touch: 0 },
      network: { ...network, protocol: "HTTP/3", edge: true },
      consent: "granted",
      rules_version: RULES_VERSION,
    },
    ...Array.from({ length: EVENTS }, (_, i) => {
      const event = events[i % VISIT_EVENTS] as Record<string, unknown>;
      const { event_type, page, x, y, element, scroll_percent, data } = event;
      const at = BASE + (i + 1) * GAP_MS + ((i * 7919 * seed) % 600);
      const detail =
        event_type === "mousemove" ? { x, y, data: { path: path(i, seed) } } : { x, y, scroll_percent, data };
      return {
        kind: "event",
        seq: i + 2,
        at,
        received_at: at,
        stream: "s1",
        number: i + 1,
        event_type,
        page,
        element,
        detail,
      };
    }),
  ].map((entry) => JSON.parse(JSON.stringify(entry)));
}

/** One session's fold, in runs of 50 events. */
function folding(tools: Tools, seed: number) {
  const entries = log(seed);
  const state = tools.newState(0);
  /** Time an event takes in the run from `from` on, µs. */
  const run = (from: number) => {
    const some = entries.slice(from, from + RUN);
    const began = process.hrtime.bigint();
    for (const entry of some) tools.apply(state, entry);
    return Number(process.hrtime.bigint() - began) / 1_000 / some.length;
  };
  return { run, entries: entries.length, bytes: () => Buffer.byteLength(tools.writeSnapshot(state)) };
}

const samples: { here: number[]; there: number[] } = { here: [], there: [] };
let bytes = 0;
for (let session = 0; session < SESSIONS; session++) {
  const here = folding(ours, session + 1);
  const there = other && folding(other, session + 1);
  for (let from = 0; from < here.entries; from += RUN) {
    // They take turns to be first: the first of a pair runs with colder caches.
    const isFirst = from % (2 * RUN) === 0;
    if (!isFirst && there) samples.there.push(there.run(from));
    samples.here.push(here.run(from));
    if (isFirst && there) samples.there.push(there.run(from));
  }
  bytes = Math.max(bytes, here.bytes());
}
// The first session warms the compiler up.
const sorted = (list: number[]) => list.slice(list.length / SESSIONS).sort((a, b) => a - b);
const warm = sorted(samples.here);
const warmThere = sorted(samples.there);
const at = (share: number, list = warm) => list[Math.floor(list.length * share)] ?? Number.NaN;
const ratio = at(0.5) / at(0.5, warmThere);
const memory = heapOf(200) / 1024;

/** Heap that each of `count` sessions of 10,000 events takes, bytes. */
function heapOf(count: number) {
  const entries = log(3);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: count }, () => {
    const state = newState(0);
    for (const entry of entries) apply(state, entry);
    return state;
  });
  globalThis.gc?.();
  const each = (process.memoryUsage().heapUsed - before) / count;
  return kept.length === count ? each : Number.NaN;
}

const targets = [
  atMost("applying an event, scoring included, median", at(0.5), "µs", 5),
  atMost("state of a session at 10,000 events, as JSON", bytes / 1024, "KB", 64),
  atMost("the same in memory", memory, "KB", 64),
];
if (other) targets.push(atMost("time beside the other's, median", ratio, "×", SLOWER));
if (values.json) console.log(JSON.stringify({ targets, p95: at(0.95), p99: at(0.99) }));
else console.log(`${targetTable(targets)}\n\np95 ${figure(at(0.95))} µs, p99 ${figure(at(0.99))} µs`);
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
