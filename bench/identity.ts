// `npm run bench:identity`: 100,000 sessions under one fingerprint, and under one address: what each call takes, and what is kept.
import { parseArgs } from "node:util";
import { loadSource } from "../scripts/lib/source.ts";
import { atMost, exactly } from "../scripts/lib/target.ts";
import type { Sighting } from "../src/core/identity/record.ts";
import { figure, quantile } from "./lib/stats.ts";
import { table, targetTable } from "./report.ts";

const HELP = `npm run bench:identity [-- --json]

Gives 100,000 different sessions to one identity's record, as its actor does (sighting, answer, the record as it is
stored), once for a fingerprint that is on a new address each time and once for an address with a new fingerprint each
time, one session every 2 s. Prints storage, CPU a call and memory on the way. Ends with 1 if a target does not hold.
  --json  one JSON object and nothing else
  --help  this text`;

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const SESSIONS = 100_000;
const WARM_UP = 1_000;
/** Time between two sessions. Together that is more than two days, so that old sightings make way for new ones. */
const GAP_MS = 2_000;
const BASE = Date.UTC(2026, 0, 5, 8);
const STOPS = [100, 400, 1_000, 10_000, SESSIONS];
/** CPU is the median of this many calls before each stop. */
const WINDOW = 100;
const MAX_KB = 64;
/** How much slower a call may be at the end than when the cap was reached. The noise of a shared machine is as large. */
const FLAT = 2;

const { newRecord, settle, take, windowOf, workOf }: typeof import("../src/core/identity/record.ts") =
  await loadSource("src/core/identity/record.ts");

interface Stop {
  kind: string;
  sessions: number;
  /** KB as stored. */
  storage: number;
  /** µs a call, median. */
  cpu: number;
  /** KB of heap. */
  memory: number;
  capped: boolean;
}

const sighting = (kind: "fingerprint" | "address", i: number, id: string): Sighting => ({
  v: 1,
  kind,
  value: kind === "fingerprint" ? "f".repeat(32) : "203.0.113.0/24",
  key: "0".repeat(32),
  session_id: id,
  counts: true,
  fingerprint_id: kind === "fingerprint" ? "f".repeat(32) : `${i}`.padStart(32, "f"),
  ip: kind === "fingerprint" ? `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` : "203.0.113.0/24",
  asn: 64_500 + (i % 500),
  country: ["DE", "US", "BR", "JP"][i % 4] ?? "DE",
  forms: i % 3 === 0 ? 1 : 0,
});

function run(kind: "fingerprint" | "address", count: number = SESSIONS): Stop[] {
  const rows: Stop[] = [];
  globalThis.gc?.();
  const empty = process.memoryUsage().heapUsed;
  const record = newRecord(kind, sighting(kind, 0, "").value, BASE);
  let samples: number[] = [];
  let stored = "";
  for (let i = 0; i < count; i++) {
    const now = BASE + i * GAP_MS;
    const one = sighting(kind, i, `${i.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`);
    const began = process.hrtime.bigint();
    take(record, one, now);
    settle(record, workOf(record), true);
    const { capped } = windowOf(record, now);
    stored = JSON.stringify(record);
    samples.push(Number(process.hrtime.bigint() - began) / 1_000);
    if (samples.length > WINDOW) samples.shift();
    if (!STOPS.includes(i + 1)) continue;
    const cpu = quantile(samples, 0.5);
    const storage = Buffer.byteLength(stored) / 1024;
    samples = [];
    stored = "";
    globalThis.gc?.();
    const memory = (process.memoryUsage().heapUsed - empty) / 1024;
    rows.push({ kind, sessions: i + 1, storage, cpu, memory, capped });
  }
  return rows;
}

const KINDS = ["fingerprint", "address"] as const;
// The first calls warm the compiler up.
for (const kind of KINDS) run(kind, WARM_UP);
const rows = KINDS.flatMap((kind) => run(kind));

const targets = KINDS.flatMap((kind) => {
  const own = rows.filter((row) => row.kind === kind);
  const full = own.find(({ sessions }) => sessions === 1_000);
  const last = own.at(-1);
  if (!full || !last) throw new Error("a stop is missing");
  const growth = last.storage / full.storage;
  const slower = last.cpu / full.cpu;
  return [
    atMost(`${kind}: storage at 100,000 sessions`, last.storage, "KB", MAX_KB),
    atMost(`${kind}: storage, of that at 1,000`, growth, "×", 1.05),
    atMost(`${kind}: CPU a call, of that at 1,000`, slower, "×", FLAT),
    exactly(`${kind}: says that it is capped`, Number(last.capped), "", 1),
  ];
});

if (values.json) console.log(JSON.stringify({ targets, rows }));
else {
  const cells = rows.map(({ kind, sessions, storage, cpu, memory, capped }) => [
    `${kind}, sessions ${figure(sessions)}`,
    figure(storage),
    figure(cpu),
    figure(Math.max(0, memory)),
    capped ? "yes" : "no",
  ]);
  console.log(table(["one", "storage KB", "CPU µs a call", "heap KB", "capped"], cells));
  console.log(`\n${targetTable(targets)}`);
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);
