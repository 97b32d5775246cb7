// `npm run size`: what the scripts for pages weigh, minified and by brotli at its best, against their budgets.
import { readFileSync } from "node:fs";
import { root, run } from "./install.ts";
import { loadSource } from "./lib/source.ts";
import { weigh } from "./size/features.ts";

const HELP = `npm run size [-- --json] [-- --tags]

Builds the scripts and the dashboard, and prints their size (minified, brotli quality 11) beside their budget, and what each feature
weighs; ends with 1 if one is over.
  --json  one object: { targets: [{ name, value, unit, goal, holds }] }
  --tags  prints the tag of each script under its versioned path, with its SRI hash
  --prefix <name>  with --tags: as they go below INGEST_PREFIX`;

/**
 * Budgets, bytes. A script that a tag names is small enough for the first packets of a connection. The budget of a script that is
 * loaded when the page is idle is near its size.
 */
const BUDGETS = {
  "tracker.js": 4_352,
  "form.js": 2_560,
  "pulse.js": 6_912,
  "acts.js": 8_960,
  "consent.js": 3_072,
  "domain.js": 1_280,
  "fingerprint.js": 14_336,
  "lead.js": 4_608,
  "recorder.js": 24_576,
  "vitals.js": 3_712,
} as const;

/** Bytes: everything the dashboard's first view loads. A second on a slow phone's connection. */
const DASHBOARD_BUDGET = 150_000;

interface Name {
  version: string;
  integrity: string;
}
type Facts = Name & { bytes: number; brotli: number; neutral: Name };

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}
run(process.execPath, ["scripts/build.ts"]);
const manifest: Record<string, Facts> = JSON.parse(readFileSync(`${root}dist/browser/manifest.txt`, "utf8"));
const targets = Object.entries(manifest).map(([name, { brotli }]) => {
  const goal = Object.hasOwn(BUDGETS, name) ? BUDGETS[name as keyof typeof BUDGETS] : 0;
  return { name: `size of ${name}, min + brotli-11`, value: brotli, unit: "B", goal, holds: brotli <= goal };
});
const dashboard: { first: { brotli: number } } = JSON.parse(readFileSync(`${root}dist/dashboard.json`, "utf8"));
const { brotli } = dashboard.first;
targets.push({
  name: "size of the dashboard's first view, brotli-11",
  value: brotli,
  unit: "B",
  goal: DASHBOARD_BUDGET,
  holds: brotli <= DASHBOARD_BUDGET,
});
if (args.includes("--json")) console.log(JSON.stringify({ targets }, null, 2));
else if (args.includes("--tags")) {
  const at = args.indexOf("--prefix");
  await printTags(at < 0 ? "" : (args[at + 1] ?? ""));
} else {
  for (const { name, value, goal, holds } of targets)
    console.log(`${holds ? "ok  " : "OVER"} ${name}: ${value} of ${goal} B`);
  printFeatures();
}
process.exit(targets.every(({ holds }) => holds) ? 0 : 1);

/** What each feature weighs in the scripts that every page loads: its part of the text, as a part of their brotli size. */
function printFeatures() {
  const parts: Record<string, Record<string, number>> = JSON.parse(
    readFileSync(`${root}dist/browser/parts.json`, "utf8"),
  );
  for (const name of ["tracker.js", "form.js", "acts.js"]) {
    const features = weigh(parts[name] ?? {}, manifest[name]?.brotli ?? 0);
    console.log(`\n${name}, B by feature (its part of the text):`);
    for (const [feature, bytes] of features) console.log(`  ${String(bytes).padStart(5)}  ${feature}`);
  }
}

async function printTags(prefix: string) {
  const { FILES }: typeof import("../src/edge/http/neutral-names.ts") = await loadSource(
    "src/edge/http/neutral-names.ts",
  );
  for (const name of ["tracker.js", "form.js", "pulse.js"]) {
    const { version, integrity } = (prefix ? manifest[name]?.neutral : manifest[name]) ?? {};
    const path = prefix ? `${prefix}/v/${version}/${FILES[name]}` : `v/${version}/${name}`;
    const src = `https://pulse.example.com/${path}`;
    console.log(`<script async src="${src}" integrity="${integrity}" crossorigin="anonymous"></script>`);
  }
}
