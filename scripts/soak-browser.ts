// `npm run soak:browser`: the suite's visits over a bad line, as many as one likes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, installMissing, quiet, root, run } from "./install.ts";

const HELP = `npm run soak:browser [-- --visits <n>] [-- --seed <n>] [-- --json]

Chromium makes visits (default 1,000) of 20 events each, through a proxy that cuts, delays, duplicates and reorders what
goes to the server. Of every ten, one is on a page of each kind that troubles trackers (test/soak/situations.ts). Afterwards every event that the pages created must be in D1 once, under its number, and each
session must say that it is complete. Ends with 1 if not.
  --seed  repeats the faults of a run that printed it
  --json  one object: { targets: [{ name, value, unit, goal, holds }], … }`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}
const visits = option("--visits", 1_000);
const seed = option("--seed", Math.floor(Math.random() * 2 ** 31));
installMissing();
run(process.execPath, ["scripts/build.ts"]);
const folder = mkdtempSync(join(tmpdir(), "pulsegate-soak-"));
const report = join(folder, "report.json");
const env = { SOAK_VISITS: String(visits), SOAK_SEED: String(seed), SOAK_REPORT: report, CI: "true" };
// Standard output is for the result.
const { status } = spawnSync(bin("vitest"), ["run", "--project", "soak"], {
  cwd: root,
  stdio: ["ignore", 2, 2],
  env: { ...process.env, ...quiet, ...env },
});
const result = readReport();
const exactly = (name: string, value: number, goal: number) => ({
  name,
  value,
  unit: "",
  goal,
  holds: value === goal,
});
const targets = [
  exactly("visits made", result.visits, visits),
  exactly("events created and not in D1", result.lost, 0),
  exactly("events in D1 twice", result.twice, 0),
  exactly("sessions with a gap, or whose R2 log differs", result.unlike, 0),
];
if (args.includes("--json")) console.log(JSON.stringify({ targets, ...result }, null, 2));
else {
  for (const { name, value, holds } of targets) console.log(`${holds ? "ok  " : "FAIL"} ${name}: ${value}`);
  console.log(`${result.created} events, ${result.seconds} s, seed ${seed}, ${JSON.stringify(result.faults)}`);
}
process.exit(status === 0 && targets.every(({ holds }) => holds) ? 0 : 1);

/** A run without a report has shown nothing: its figures miss every goal. */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { visits: 0, created: 0, stored: 0, lost: -1, twice: -1, unlike: -1, faults: {}, seed, seconds: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function option(name: string, fallback: number) {
  const at = args.indexOf(name);
  const value = at < 0 ? fallback : Number(args[at + 1]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`${name} takes a whole number above 0, not ${args[at + 1]}.`);
  process.exit(2);
}
