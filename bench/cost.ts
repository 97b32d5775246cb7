// `npm run cost`: the monthly bill of a site of any size, from counted operations.
import { parseArgs } from "node:util";
import { showAttacks } from "./cost-attack.ts";
import { showShapes } from "./cost-shapes.ts";
import { figure } from "./lib/stats.ts";
import { countSessions, type Kept } from "./phases/bill.ts";
import { LINES, of } from "./prices.ts";
import { table } from "./report.ts";

const HELP = `npm run cost [-- --events archive] [-- --kv notable] [-- --json]
npm run cost -- --sessions-per-month <n> --events-per-session <n>
    [--transport http|ws] [--batch <n>] [--ends end|idle] [--returning <share>] [--months <n>] [--json]
npm run cost -- --attack [--only <kind>] [--json]

Without numbers: visits of 100 and of 10 events, by part of the bill, beside what they may cost; ends with 1 if one costs more.
With them: plays sessions of that length in simulated time with every billed operation counted, and prices a month of them.
  --sessions-per-month   visits (default 100,000)
  --events-per-session   events of a visit, one every 1.2 s (default 100)
  --events               where the site keeps raw events: database (default) or archive
  --kv                   which counters KV gets: all (default) or notable
  --ends                 how a visit ends: end (default), as a page says it, or idle, after 30 minutes without a word
  --returning            share of visits that are a visitor's second, three days later, 0 to 0.5 (default 0.5)
  --transport            http (default) or ws
  --batch                events a batch or frame (default 10 over http, 1 over ws)
  --months               how long D1 keeps events, for its size (default 3)
  --attack               what a day of attacks costs, from one address and on one site, with the settings as they come
  --only                 of the attacks only this kind: starts, heavy, calls, unknown, consent or leads
  --json                 one JSON object and nothing else`;

const { values } = parseArgs({
  options: {
    "sessions-per-month": { type: "string" },
    "events-per-session": { type: "string" },
    events: { type: "string", default: "database" },
    kv: { type: "string", default: "all" },
    ends: { type: "string", default: "end" },
    returning: { type: "string", default: "0.5" },
    transport: { type: "string", default: "http" },
    batch: { type: "string" },
    months: { type: "string", default: "3" },
    attack: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

if (values.attack) process.exit(await showAttacks({ only: values.only, json: values.json }));

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  console.error(`--${name} must be ${allowed.join(" or ")}, not ${text}.`);
  process.exit(2);
}

const kept: Kept = {
  events: oneOf("events", values.events, ["database", "archive"]),
  kv: oneOf("kv", values.kv, ["all", "notable"]),
};
if (values["sessions-per-month"] === undefined && values["events-per-session"] === undefined) {
  process.exit(await showShapes({ kept, json: values.json }));
}

function positive(name: string, text: string) {
  const number = Number(text.replace(/[_,]/g, ""));
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} must be a whole number above 0, not ${text}.`);
  process.exit(2);
}

const sessions = positive("sessions-per-month", values["sessions-per-month"] ?? "100000");
const length = positive("events-per-session", values["events-per-session"] ?? "100");
const ends = oneOf("ends", values.ends, ["end", "idle"]);
const returning = Number(values.returning);
if (!(returning >= 0 && returning <= 0.5)) {
  console.error(`--returning must be a share from 0 to 0.5, not ${values.returning}.`);
  process.exit(2);
}
const months = positive("months", values.months);
const transport = oneOf("transport", values.transport, ["http", "ws"]);
const size = positive("batch", values.batch ?? (transport === "http" ? "10" : "1"));
if (size > 100) {
  console.error("--batch may be at most 100: the Worker takes no larger batch.");
  process.exit(2);
}

/** The size of one D1 database. */
const SHARD_BYTES = 10e9;
const GB = 1e9;
/** D1's storage, dollars a GB and month, after 5 GB. */
const D1_GB = { price: 0.75, included: 5 };
/** The plan itself, a month. */
const PLAN = 5;
/**
 * Sessions that are counted: enough to even out the jitter of the flushes, and few enough to count a long session within a minute.
 */
const COUNTED = Math.max(5, Math.min(100, Math.round(5_000 / length)));

const name = `${size} events a ${transport === "http" ? "batch" : "frame"}`;
const counts = await countSessions({ name, transport, size, length, ends, returning, kept }, COUNTED);
const lines = LINES.map(({ name: line, unit, price, included, billed }) => {
  const units = billed(counts) * sessions;
  return { name: line, unit, units, included, price, list: (units * price) / 1e6, due: 0 };
});
// setAlarm is billed as a row that the object writes: both share the allotment.
const rows = lines.find((line) => line.name === "Object rows written");
const alarms = lines.find((line) => line.name === "Object setAlarm");
for (const line of lines) line.due = (Math.max(0, line.units - line.included) * line.price) / 1e6;
if (rows && alarms) {
  const left = Math.max(0, rows.included - rows.units);
  alarms.due = (Math.max(0, alarms.units - left) * alarms.price) / 1e6;
}
const bytesPerEvent = of(counts, "d1_bytes") / length;
const bytesPerMonth = bytesPerEvent * length * sessions;
const stored = bytesPerMonth * months;
const storage = Math.max(0, stored / GB - D1_GB.included) * D1_GB.price;
const list = lines.reduce((total, line) => total + line.list, 0);
const due = lines.reduce((total, line) => total + line.due, 0) + storage + PLAN;
const perMillion = (list / (sessions * length)) * 1e6;
const shard = {
  bytesPerEvent: Math.round(bytesPerEvent),
  monthsUntilFull: SHARD_BYTES / bytesPerMonth,
  databases: Math.ceil(stored / SHARD_BYTES),
};

if (values.json) {
  console.log(
    JSON.stringify({ sessions, length, transport, size, counts, lines, storage, list, due, perMillion, shard }),
  );
  process.exit(0);
}
console.log(
  `${figure(sessions)} sessions of ${figure(length)} events a month, ${name}; counted over ${COUNTED} sessions in simulated time\n`,
);
console.log(
  table(
    ["a month", "units", "included", "list $", "due $"],
    [
      ...lines.map((line) => [
        `${line.name} (${line.unit})`,
        figure(line.units),
        line.included > 0 ? figure(line.included) : "with the above",
        line.list.toFixed(2),
        line.due.toFixed(2),
      ]),
      [`D1 storage (GB, ${months} months kept)`, figure(stored / GB), String(D1_GB.included), "", storage.toFixed(2)],
      ["Workers Paid", "", "", "", PLAN.toFixed(2)],
      ["Together", "", "", list.toFixed(2), due.toFixed(2)],
    ],
  ),
);
console.log(`\n$${perMillion.toFixed(2)} a million events at list price, storage aside.`);
console.log(
  `D1: ${shard.bytesPerEvent} bytes an event (rows, index entries, the session's row); a database of 10 GB is full after ` +
    `${figure(shard.monthsUntilFull)} months, and ${months} months kept need ${shard.databases} database(s).`,
);
process.exit(0);
