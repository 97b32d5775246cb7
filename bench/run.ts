// `npm run bench`: what a session costs, beside what it could cost.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildOwn, buildSubject } from "./lib/build.ts";
import { cores } from "./lib/process.ts";
import { progress } from "./lib/progress.ts";
import { start } from "./lib/server.ts";
import { figure } from "./lib/stats.ts";
import { BILL_SHAPES, countSessions, countStateless } from "./phases/bill.ts";
import { growth } from "./phases/growth.ts";
import { compareInserts } from "./phases/insert.ts";
import { checkStores, load } from "./phases/load.ts";
import { recovery, recoveryFloor } from "./phases/recovery.ts";
import { bill, only } from "./prices.ts";
import { billTable, floorTable, loadTable, table, targetTable } from "./report.ts";
import { targetsOf } from "./targets.ts";

const HELP = `npm run bench [-- --quick] [-- --json]

Measures the built Worker on this machine, everything on, beside a stateless design and two floors.
  --quick   at most 3 minutes: fewer cells, shorter rounds; saves nothing
  --json    prints one JSON object, { targets: [{ name, value, unit, goal, holds }], … }, and nothing else
  --help    this text
Ends with 1 if a target does not hold. The full run (8 to 14 minutes) saves its numbers in bench/results/.`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const SCALE = values.quick
  ? {
      rounds: 3,
      share: 0.35,
      repeats: 0,
      steadySeconds: 3,
      insertRounds: 3,
      insertRows: 6_000,
      billSessions: 10,
      growth: { sessions: 4, rounds: 1 },
    }
  : {
      rounds: 3,
      share: 1,
      repeats: 1,
      steadySeconds: 10,
      insertRounds: 5,
      insertRows: 20_000,
      billSessions: 100,
      growth: { sessions: 20, rounds: 2 },
    };
const OVERDUE = 1_000;

const began = Date.now();
const say = progress(began);

say("building");
const dist = buildSubject();
const [subject, parse, bare, written, stateless] = await Promise.all([
  start("subject", { dist, objects: "project", bindings: { RATE_LIMIT: "off", LOG_LEVEL: "error" } }),
  buildOwn("parse").then((own) => start("parse", { dist: own, objects: {} })),
  buildOwn("bare").then((own) => start("bare", { dist: own, objects: { ROWS: "Rows" } })),
  buildOwn("written").then((own) => start("written", { dist: own, objects: { ROWS: "Rows" } })),
  buildOwn("stateless").then((own) => start("stateless", { dist: own, objects: {} })),
]);
const servers = { subject, parse, bare, written, stateless };
const { samples, medians, disturbed } = await load(servers, { ...SCALE, quick: values.quick, say });
const stores = await checkStores(subject);
for (const server of Object.values(servers)) await server.kill();
say("growth");
const grown = await growth(dist, SCALE.growth);
say("recovery");
const recovered = await recovery(dist, OVERDUE);
const recoveredFloor = values.quick ? null : await recoveryFloor(OVERDUE);
say("D1 inserts");
const inserts = await compareInserts({ rounds: SCALE.insertRounds, rows: SCALE.insertRows });
say("the bill");
const counts = {
  batches: await countSessions(BILL_SHAPES.batches, SCALE.billSessions),
  frames: await countSessions(BILL_SHAPES.frames, SCALE.billSessions),
  stateless: await countStateless(BILL_SHAPES.batches, 1),
};
/** The shape behind each count, for its table. */
const SHAPES = {
  ...BILL_SHAPES,
  stateless: { ...BILL_SHAPES.batches, name: `stateless design, ${BILL_SHAPES.batches.name}` },
};
const shapes = ["batches", "frames", "stateless"] as const;

/** Dollars for a million events. */
function dollarsOf(shape: (typeof shapes)[number], parts: readonly string[]) {
  const counted = Object.entries(only(counts[shape], parts));
  return bill(Object.fromEntries(counted.map(([key, n]) => [key, (n / SHAPES[shape].length) * 1e6]))).dollars;
}

/** The parts of the bill: taking sessions and writing them out, then knowing who they are, then who is here now. */
const PARTS = {
  sessions: ["session"],
  identities: ["session", "identity"],
  everything: ["session", "identity", "roster"],
} as const;
const billOf = (shape: "batches" | "frames") => ({
  sessions: dollarsOf(shape, PARTS.sessions),
  identities: dollarsOf(shape, PARTS.identities),
  everything: dollarsOf(shape, PARTS.everything),
});
const dollars = {
  batches: billOf("batches"),
  frames: billOf("frames"),
  stateless: dollarsOf("stateless", ["stateless"]),
};
const targets = targetsOf({ load: medians, dollars, inserts, growth: grown, recovery: recovered });
const machine = { cpu: cpus()[0]?.model ?? "", cores, node: process.version };
const result = {
  at: new Date(began).toISOString(),
  seconds: Math.round((Date.now() - began) / 1_000),
  machine,
  disturbed,
  targets,
  load: medians,
  growth: grown,
  recovery: recovered,
  recoveryFloor: recoveredFloor,
  inserts,
  counts,
  dollars,
  stores,
};

if (!values.quick) {
  const folder = fileURLToPath(new URL("results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${result.at.replace(/[:.]/g, "-")}.json`;
  writeFileSync(file, `${JSON.stringify({ ...result, samples }, null, 2)}\n`);
  say(`saved ${file}`);
}
if (values.json) console.log(JSON.stringify(result));
else print();
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

function print() {
  console.log(`${machine.cores} cores, ${machine.cpu}, Node ${machine.node}; ${result.seconds} s\n`);
  console.log(`${loadTable(medians)}\n`);
  const notes = disturbed.length > 0 ? disturbed.map((text) => `  ${text}`).join("\n") : "  none";
  console.log(`Rounds disturbed by other work on the machine:\n${notes}\n`);
  console.log(
    `${table(
      ["events of a session", "CPU-s/100k", "p50 ms"],
      grown.map((one) => [one.window, figure(one.cpu), figure(one.p50)]),
    )}\n`,
  );
  const { footprint } = recovered;
  console.log(
    `${OVERDUE} overdue sessions of 10 events: all in D1 ${figure(recovered.seconds)} s after the runtime was started again ` +
      `(${recovered.alreadyWritten} were written before).`,
  );
  if (recoveredFloor) console.log(`Objects that only write to D1 and R2: ${figure(recoveredFloor.seconds)} s.`);
  console.log();
  if (recoveredFloor) console.log(`${floorTable(medians)}\n`);
  console.log(
    `An open session of 10 events: ${figure(footprint.journalBytes ?? 0)} bytes of journal in ${footprint.journalRows} row(s), ` +
      `${figure(footprint.memoryKb)} KB of memory, ${figure(footprint.diskKb)} KB on disk.\n`,
  );
  console.log(
    `${table(
      ["rows a flush", "flush rows/s", "batch() rows/s", "×", "made in SQLite, rows/s", "× at most"],
      inserts.map((one) => [
        String(one.rows),
        ...[one.flush, one.batch, one.ratio, one.made, one.ceiling].map((value) => figure(value)),
      ]),
    )}\n`,
  );
  for (const shape of shapes) {
    console.log(`${billTable(SHAPES[shape].name, counts[shape], SHAPES[shape].length)}\n`);
  }
  console.log(targetTable(targets));
}
