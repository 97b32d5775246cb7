// `npm run bench:beside -- <folder>`: this checkout's built Worker beside another checkout's, in one run.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { atLeast, atMost } from "../scripts/lib/target.ts";
import { buildOther, buildSubject } from "./lib/build.ts";
import { isDisturbed, measureClosed } from "./lib/measure.ts";
import { progress } from "./lib/progress.ts";
import { start } from "./lib/server.ts";
import { figure, median } from "./lib/stats.ts";
import type { Shape } from "./load/drive.ts";
import { table, targetTable } from "./report.ts";

const HELP = `npm run bench:beside -- <folder> [options]

Builds the Worker of this checkout and that of another (an earlier commit's, say, with its packages installed), starts each on
its own packages' runtime, and drives them in turn with the same load. Prints CPU and events/s of this one beside the other's:
the median of the rounds' ratios.
  --rounds  default 5
  --json    one object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help    this text
Ends with 1 where this one is slower, or needs more CPU, by more than 5 %.`;

/** About the noise of a median of five rounds on two shared cores. */
const SLOWER = 1.05;

const CELLS: { shape: Shape; events: number }[] = [
  { shape: { transport: "http", size: 20, length: 100 }, events: 6_000 },
  { shape: { transport: "http", size: 20, length: 1_000 }, events: 15_000 },
  { shape: { transport: "http", size: 1, length: 100 }, events: 2_000 },
  { shape: { transport: "ws", size: 20, length: 100 }, events: 6_000 },
  { shape: { transport: "ws", size: 20, length: 1_000 }, events: 15_000 },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [folder = ""] = positionals;
const other = resolve(folder);
const rounds = Number(values.rounds);
if (folder === "" || !existsSync(join(other, "node_modules/.bin/wrangler"))) {
  console.error(
    `${folder || "Nothing"} is no checkout with its packages installed. See npm run bench:beside -- --help.`,
  );
  process.exit(2);
}
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds takes a whole number from 1 on, not ${values.rounds}.`);
  process.exit(2);
}

const say = progress();

say("building");
const options = {
  objects: "project" as const,
  bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" },
};
const servers = {
  this: await start("this", { ...options, dist: buildSubject() }),
  other: await start("other", { ...options, dist: buildOther(other), host: join(other, "bench/lib/host.ts") }),
};
for (const { shape, events } of CELLS) {
  for (const server of Object.values(servers)) await measureClosed(server, shape, events / 5);
}

const cells: { name: string; cpu: number[]; stored: number[]; p99: number[]; disturbed: number }[] = CELLS.map(
  ({ shape: { transport, size, length } }) => ({
    name: `${transport} ${size} of ${length}`,
    cpu: [],
    stored: [],
    p99: [],
    disturbed: 0,
  }),
);
for (let round = 1; round <= rounds; round++) {
  say(`round ${round} of ${rounds}`);
  for (const [i, { shape, events }] of CELLS.entries()) {
    // Each goes first as often as the other.
    const isFirst = round % 2 === 1;
    const first = await measureClosed(isFirst ? servers.this : servers.other, shape, events);
    const second = await measureClosed(isFirst ? servers.other : servers.this, shape, events);
    const [mine, theirs] = isFirst ? [first, second] : [second, first];
    const cell = cells[i];
    if (!cell) throw new Error("there is no such cell");
    cell.cpu.push(mine.cpu / theirs.cpu);
    cell.stored.push(mine.stored / theirs.stored);
    cell.p99.push(mine.p99 / theirs.p99);
    if (isDisturbed(mine) || isDisturbed(theirs)) cell.disturbed++;
  }
}
for (const server of Object.values(servers)) await server.kill();

const targets = cells.flatMap(({ name, cpu, stored }) => [
  atMost(`CPU of an event, ${name}`, median(cpu), "×", SLOWER),
  { ...atLeast(`events/s stored, ${name}`, median(stored), "×", 1 / SLOWER), goal: `≥ ${figure(1 / SLOWER)}` },
]);
if (values.json) console.log(JSON.stringify({ targets, rounds, cells }));
else {
  const row = ({ name, cpu, stored, p99, disturbed }: (typeof cells)[number]) => [
    name,
    ...[cpu, stored, p99].map((ratios) => figure(median(ratios))),
    `${disturbed} of ${rounds}`,
  ];
  console.log(`${table(["this beside the other", "CPU ×", "stored/s ×", "p99 ×", "disturbed"], cells.map(row))}\n`);
  console.log(targetTable(targets));
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
