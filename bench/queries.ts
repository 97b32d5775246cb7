// `npm run bench:queries`: what the aggregates read and how long they take, beside the same questions answered from the rows.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEVELOPMENT_KEY } from "../scripts/lib/dev-options.ts";
import { buildOwn, workspace } from "./lib/build.ts";
import { cpuSeconds } from "./lib/process.ts";
import { progress } from "./lib/progress.ts";
import { start } from "./lib/server.ts";
import { stateDir } from "./lib/state.ts";
import { figure, quantile } from "./lib/stats.ts";
import { difference } from "./queries/equal.ts";
import { AGGREGATES, COMBINED, FILTERS, pathOf } from "./queries/questions.ts";
import { table, targetTable } from "./report.ts";
import { seed } from "./seed/seed.ts";

const HELP = `npm run bench:queries [-- --sessions <n>] [--all] [--json]

Asks every aggregate over the last 90 whole days of a seeded database, with no filter and with each one there is: rows
read by D1's own meter, and time. Then the same straight of the rows, which has to answer the same.
  STATE_DIR   whose database (default .state; "npm run seed" fills it)
  --sessions  seed so many first, into a state of its own
  --days      of the range (default 90)
  --rounds    times each question is timed (default 20)
  --all       hold every question against the rows; else all without a filter, and with each filter three of them
  --json      one object: { targets: [{ name, value, unit, goal, holds }], … }
Ends with 1 if a target does not hold.`;

const DAY = 86_400_000;
const MAX_ROWS = 10_000;
const MAX_MS = 50;

const { values } = parseArgs({
  options: {
    sessions: { type: "string" },
    days: { type: "string", default: "90" },
    rounds: { type: "string", default: "20" },
    all: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const days = Number(values.days);
const rounds = Number(values.rounds);
const sessions = Number(values.sessions ?? 1);
const isGood = [days, rounds, sessions].every((n) => Number.isInteger(n) && n > 0);
if (values.help || !isGood) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const began = Date.now();
const say = progress(began);

const state = values.sessions ? join(workspace, "queries") : stateDir();
if (values.sessions) await seed({ sessions, until: Math.floor(began / DAY) * DAY, state, say });
const server = await start("queries", {
  dist: await buildOwn("queries"),
  state,
  objects: "project",
  bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
});

async function ask(path: string, isStraight = false): Promise<{ ms: number; rows: number; body: { data: unknown } }> {
  const headers = { "X-API-Key": DEVELOPMENT_KEY, ...(isStraight && { "X-Straight": "1" }) };
  let at = performance.now();
  const call = () => {
    at = performance.now();
    return fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  };
  // The server may just be closing the kept connection.
  const response = await call().catch(call);
  const text = await response.text();
  const ms = performance.now() - at;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return { ms, rows: Number(response.headers.get("X-Rows-Read")), body: JSON.parse(text) };
}

const [rolled] = await server.sql("SELECT days_through AS through FROM rollup_state");
const to = Number(rolled?.through);
const range = { from: to - days * DAY, to };
const [counted] = await server.sql(
  `SELECT count(*) AS n FROM sessions WHERE started_at >= ${range.from} AND started_at < ${range.to}`,
);
const inRange = Number(counted?.n);
if (!inRange) {
  console.error("There is nothing in this database: npm run seed, or --sessions.");
  process.exit(2);
}
say(`${inRange} sessions in ${days} days`);

const asked = FILTERS.flatMap((filter) => AGGREGATES.map((aggregate) => ({ aggregate, filter })));
/** `cpu`: ms of the server. */
const fast: { aggregate: string; filter: string; rows: number; p95: number; cpu: number }[] = [];
for (const [i, { aggregate, filter }] of asked.entries()) {
  const path = pathOf(aggregate, filter, range);
  await ask(path);
  const answers = [];
  const cpu = cpuSeconds(server.pids);
  for (let n = 0; n < rounds; n++) answers.push(await ask(path));
  const used = ((cpuSeconds(server.pids) - cpu) / rounds) * 1_000;
  const p95 = quantile(
    answers.map(({ ms }) => ms),
    0.95,
  );
  fast.push({ aggregate, filter, rows: Math.max(...answers.map(({ rows }) => rows)), p95, cpu: used });
  if (i % AGGREGATES.length === 0) say(`${i} of ${asked.length} questions timed`);
}

const slowest = fast.toSorted((a, b) => b.p95 - a.p95).slice(0, 5);
for (const { aggregate, filter, rows, p95, cpu } of slowest) {
  say(`p95 ${figure(p95)} ms, CPU ${figure(cpu)} ms, ${figure(rows)} rows: ${aggregate} ${filter}`);
}

/**
 * With --all every question is compared. Else all without a filter are, and three aggregates with each filter: other ones each
 * time, so that each aggregate is compared under several filters.
 */
const isHeld = (i: number) => {
  const filter = Math.floor(i / AGGREGATES.length);
  const aggregate = i % AGGREGATES.length;
  return values.all || filter === 0 || (aggregate + filter) % 5 === 0;
};
const held = asked.filter((_, i) => isHeld(i));
const straight: { aggregate: string; filter: string; rows: number; ms: number; difference: string | null }[] = [];
for (const [i, { aggregate, filter }] of held.entries()) {
  const path = pathOf(aggregate, filter, range);
  const fromRows = await ask(path, true);
  const found = difference((await ask(path)).body, fromRows.body);
  straight.push({ aggregate, filter, rows: fromRows.rows, ms: fromRows.ms, difference: found });
  if (found) say(`NOT EQUAL ${path}: ${found}`);
  if (i % 5 === 0) say(`${i} of ${held.length} questions held against the rows`);
}

const combined: { aggregate: string; filter: string; rows: number; ms: number }[] = [];
for (const filter of COMBINED) {
  for (const aggregate of ["/analytics/overview?", "/analytics/pages/top?", "/analytics/sessions/daily?"]) {
    const { rows, ms } = await ask(pathOf(aggregate, filter, range));
    combined.push({ aggregate, filter, rows, ms });
  }
}
await server.kill();

const worstRows = Math.max(...fast.map(({ rows }) => rows));
const worstMs = Math.max(...fast.map(({ p95 }) => p95));
const unequal = straight.filter((one) => one.difference !== null);
const targets = [
  {
    name: "rows an aggregate reads at most, with no filter or one",
    value: worstRows,
    unit: "rows",
    goal: `≤ ${MAX_ROWS}`,
    holds: worstRows <= MAX_ROWS,
  },
  {
    name: "the slowest of them, p95",
    value: worstMs,
    unit: "ms",
    goal: `≤ ${MAX_MS}`,
    holds: worstMs <= MAX_MS,
  },
  {
    name: `answers that differ from the rows', of ${straight.length}`,
    value: unequal.length,
    unit: "answers",
    goal: "= 0",
    holds: unequal.length === 0,
  },
];
const result = { targets, sessions: inRange, days, rounds, fast, straight, combined };
if (values.json) console.log(JSON.stringify(result));
else print();
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

function print() {
  const beside = new Map(straight.map((one) => [`${one.aggregate} ${one.filter}`, one]));
  const rows = fast.map(({ aggregate, filter, rows: read, p95, cpu }) => {
    const one = beside.get(`${aggregate} ${filter}`);
    const same = one ? [figure(one.rows), figure(one.ms), one.difference === null ? "yes" : "NO"] : ["", "", ""];
    return [aggregate, filter || "–", figure(read), figure(p95), figure(cpu), ...same];
  });
  console.log(table(["aggregate", "filter", "rows read", "p95 ms", "CPU ms", "straight: rows", "ms", "equal"], rows));
  const more = combined.map(({ aggregate, filter, rows: read, ms }) => [aggregate, filter, figure(read), figure(ms)]);
  console.log(`\n${table(["combined filters", "", "rows read", "ms"], more)}`);
  console.log(`\n${inRange} sessions in ${days} days\n\n${targetTable(targets)}`);
}
