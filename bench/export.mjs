// @ts-check
// `npm run bench:export`: what a long export does to the runtime's memory.
import { parseArgs } from "node:util";
import { buildOwn } from "./lib/build.mjs";
import { memory, quiet, resetPeak } from "./lib/process.mjs";
import { start } from "./lib/server.mjs";
import { stateDir } from "./lib/state.mjs";
import { figure } from "./lib/stats.mjs";
import { targetTable } from "./report.mjs";

const HELP = `npm run bench:export [-- --rows <n>] [--format ndjson|csv] [--json]

Exports the sessions of a seeded database as one file, and prints how much the memory of the server's processes grows: at
its peak beyond what a short export leaves, garbage included, and from the first tenth of the rows to the last one.
  STATE_DIR  whose database (default .state; "npm run seed" fills it)
  --rows     end after so many (default 1000000)
  --format   ndjson (default) or csv
  --json     one object: { targets: [{ name, value, unit, goal, holds }], … }
Ends with 1 if a target does not hold.`;

const GOAL_MB = 64;
const SAY_ROWS = 100_000;

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
  ...{ dist: await buildOwn("queries"), state: stateDir(), objects: "project" },
  bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
});

/** Times an export is begun: a runtime under load drops a connection now and then, and half a file is no export. */
const TRIES = 3;

/**
 * Reads an export line by line, up to `most` lines.
 * @param {number} most
 * @param {number} [tries]
 * @returns {Promise<{ lines: number, bytes: number, early: number }>}  `early`: MB after a tenth of them.
 */
async function take(most, tries = TRIES) {
  try {
    return await takeOnce(most);
  } catch (error) {
    if (tries <= 1) throw error;
    console.error(`broke off, once more: ${error}`);
    return take(most, tries - 1);
  }
}

/** @param {number} most */
async function takeOnce(most) {
  const response = await fetch(`http://127.0.0.1:${server.port}/analytics/sessions?from=0&bots=include`, {
    headers: { "X-API-Key": "pulsegate-development-key", Accept: accept ?? "" },
  });
  if (!response.ok || !response.body) throw new Error(await response.text());
  let [lines, bytes, early] = [0, 0, 0];
  const reader = response.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const chunk = read.value;
    bytes += chunk.length;
    const before = lines;
    for (const byte of chunk) if (byte === 10) lines += 1;
    if (Math.floor(lines / SAY_ROWS) > Math.floor(before / SAY_ROWS)) {
      console.error(`${lines} rows, ${Math.round(memory(server.pids, "VmRSS"))} MB`);
    }
    if (early === 0 && lines >= most / 10) early = memory(server.pids, "VmRSS");
    if (lines < most) continue;
    await reader.cancel();
    break;
  }
  return { lines, bytes, early };
}

// What any export needs: code, a heap, D1's cache.
await take(20_000);
await quiet(server.pids);
const before = memory(server.pids, "VmRSS");
resetPeak(server.pids);
const began = performance.now();
const { lines, bytes, early } = await take(wanted);
const seconds = (performance.now() - began) / 1_000;
const [late, peak] = [memory(server.pids, "VmRSS"), memory(server.pids, "VmHWM")];
await server.kill();

/** @param {string} name @param {number} value */
const grown = (name, value) => ({ name, value, unit: "MB", goal: `≤ ${GOAL_MB}`, holds: value <= GOAL_MB });
const targets = [
  grown(`memory an export of ${figure(lines)} rows adds at its peak`, Math.max(0, peak - before)),
  grown("memory at its end, beyond that after a tenth of it", Math.max(0, late - early)),
];
const result = { targets, rows: lines, bytes, seconds, before_mb: before };
if (values.json) console.log(JSON.stringify(result));
else {
  const rate = `${figure(lines / seconds)} rows/s`;
  console.log(
    `${figure(lines)} rows, ${figure(bytes / 1e6)} MB in ${figure(seconds)} s (${rate}), from ${figure(before)} MB`,
  );
  console.log(`\n${targetTable(targets)}`);
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
