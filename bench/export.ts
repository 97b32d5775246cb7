// `npm run bench:export`: what a long export does to the runtime's memory.

import { parseArgs } from "node:util";
import { DEVELOPMENT_KEY } from "../scripts/lib/dev-options.ts";
import { buildOwn } from "./lib/build.ts";
import { type Heaps, openHeaps } from "./lib/heaps.ts";
import { memory, quiet, resetPeak } from "./lib/process.ts";
import { start } from "./lib/server.ts";
import { stateDir } from "./lib/state.ts";
import { figure } from "./lib/stats.ts";
import { table, targetTable } from "./report.ts";

const HELP = `npm run bench:export [-- --rows <n>] [--format ndjson|csv] [--json]

Exports the sessions of a seeded database as one file, and prints how much the memory of the server's processes grows: at
its peak beyond what a short export leaves, garbage included, and from the first tenth of the rows to the last one. Beside
it whose heaps these were, looked at each time so many rows have come.
  STATE_DIR  whose database (default .state; "npm run seed" fills it)
  --rows     end after so many (default 1000000)
  --format   ndjson (default) or csv
  --json     one object: { targets: [{ name, value, unit, goal, holds }], … }
Ends with 1 if a target does not hold.`;

const GOAL_MB = 64;
const SAY_ROWS = 100_000;
/** Rows between two looks at the heaps. The export waits during a look, because the runtime has to be idle. */
const LOOK_ROWS = 10_000;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    format: { type: "string", default: "ndjson" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const wanted = Number(values.rows);
const accept = { ndjson: "application/x-ndjson", csv: "text/csv" }[values.format];
if (values.help || !accept || !Number.isInteger(wanted) || wanted < 1) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const server = await start("export", {
  dist: await buildOwn("queries"),
  state: stateDir(),
  objects: "project",
  inspector: true,
  bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
});

const heaps = await openHeaps(server.inspected);
let most: Heaps = {};
const look = async () => {
  const now = await heaps();
  most = Object.fromEntries(Object.entries(now).map(([of, mb]) => [of, Math.max(mb, most[of] ?? 0)]));
  return now;
};

/** How often an export is tried: under load the runtime drops a connection now and then, and half a file is no export. */
const TRIES = 3;

/**
 * Reads up to `count` lines of an export.
 * @returns `early`: MB after a tenth of them.
 */
async function take(count: number, tries: number = TRIES): Promise<{ lines: number; bytes: number; early: number }> {
  try {
    return await takeOnce(count);
  } catch (error) {
    if (tries <= 1) throw error;
    console.error(`broke off, once more: ${error}`);
    return take(count, tries - 1);
  }
}

async function takeOnce(count: number) {
  const response = await fetch(`http://127.0.0.1:${server.port}/analytics/sessions?from=0&bots=include`, {
    headers: { "X-API-Key": DEVELOPMENT_KEY, Accept: accept ?? "" },
  });
  if (!response.ok || !response.body) throw new Error(await response.text());
  let lines = 0;
  let bytes = 0;
  let early = 0;
  const reader = response.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const chunk = read.value;
    bytes += chunk.length;
    const before = lines;
    for (const byte of chunk) if (byte === 10) lines += 1;
    if (Math.floor(lines / SAY_ROWS) > Math.floor(before / SAY_ROWS)) {
      console.error(`${lines} rows, ${Math.round(memory(server.pids, "VmRSS"))} MB`);
    }
    if (Math.floor(lines / LOOK_ROWS) > Math.floor(before / LOOK_ROWS)) await look();
    if (early === 0 && lines >= count / 10) early = memory(server.pids, "VmRSS");
    if (lines < count) continue;
    await reader.cancel();
    break;
  }
  return { lines, bytes, early };
}

// Warms up what any export needs: code, a heap, D1's cache.
await take(20_000);
await quiet(server.pids);
const short = await look();
const before = memory(server.pids, "VmRSS");
most = {};
resetPeak(server.pids);
const began = performance.now();
const { lines, bytes, early } = await take(wanted);
const seconds = (performance.now() - began) / 1_000;
await look();
const late = memory(server.pids, "VmRSS");
const peak = memory(server.pids, "VmHWM");
await server.kill();

const grown = (name: string, value: number) => ({
  name,
  value,
  unit: "MB",
  goal: `≤ ${GOAL_MB}`,
  holds: value <= GOAL_MB,
});
const targets = [
  grown(`memory an export of ${figure(lines)} rows adds at its peak`, Math.max(0, peak - before)),
  grown("memory at its end, beyond that after a tenth of it", Math.max(0, late - early)),
];
const result = { targets, rows: lines, bytes, seconds, before_mb: before, heaps: { short, most } };
if (values.json) console.log(JSON.stringify(result));
else {
  const rate = `${figure(lines / seconds)} rows/s`;
  console.log(
    `${figure(lines)} rows, ${figure(bytes / 1e6)} MB in ${figure(seconds)} s (${rate}), from ${figure(before)} MB`,
  );
  const rows = Object.entries(most).map(([of, mb]) => [
    of,
    figure(short[of] ?? 0),
    figure(mb),
    figure(mb - (short[of] ?? 0)),
  ]);
  console.log(`\n${table(["heaps and buffers", "after a short export, MB", "at most", "more"], rows)}`);
  console.log(`\n${targetTable(targets)}`);
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
