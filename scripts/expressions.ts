// `npm run expressions`: asks a checker about each regular expression of the code, and tries the attacks that it names.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { built, HOSTILE_UNITS, literals, slowOn } from "./lib/expressions.ts";

const HELP = `npm run expressions [-- --json]

Asks recheck (MIT) about every regular expression of the Worker and the pages' scripts. What it takes for slow is tried with
the text that it says is worst, ${HOSTILE_UNITS / 1_024} KB of it. Ends with 1 if one is slow indeed. Some minutes.
Fetches the checker from the registry into a folder of its own: with what it brings along it is too large to be installed by all.
  --json  one object: { targets: [{ name, value, unit, goal, holds }], slow: [ … ] }
  --help  this text`;

const RECHECK = "recheck@4.5.0";
/** How long the checker may take for one expression, ms. If it cannot tell by then, the texts of the tests have to. */
const PATIENCE_MS = 5_000;

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

interface Pump {
  prefix: string;
  pump: string;
}
interface Verdict {
  status: string;
  attack?: { pumps: Pump[]; suffix: string };
}

const folder = mkdtempSync(join(tmpdir(), "pulsegate-recheck-"));
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true });
}

async function main() {
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--loglevel=error"];
  const { status, stderr } = spawnSync("npm", ["install", "--prefix", folder, ...options, RECHECK], {
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`The checker could not be fetched: ${stderr}`);
    return 1;
  }
  // Its native builds are not installed, so it has to run as JavaScript.
  process.env["RECHECK_BACKEND"] = "pure";
  const { check }: { check(pattern: string, flags: string, options: object): Promise<Verdict> } = createRequire(
    join(folder, "x.js"),
  )("recheck");
  const all = [...literals(), ...(await built())];
  const slow = [];
  let suspected = 0;
  let unknown = 0;
  for (const [i, expression] of all.entries()) {
    const verdict = await check(expression.pattern, expression.flags, { timeout: PATIENCE_MS });
    if (verdict.status === "unknown") unknown += 1;
    if (verdict.attack) suspected += 1;
    if (verdict.attack && slowOn(expression, [attackOf(verdict.attack)]) !== null) slow.push(expression);
    if (!values.json && (i + 1) % 50 === 0) console.log(`${i + 1} of ${all.length}`);
  }
  const target = { name: "expressions that are slow on their worst text", value: slow.length, unit: "", goal: "= 0" };
  const targets = [{ ...target, holds: slow.length === 0 }];
  if (values.json) console.log(JSON.stringify({ targets, checked: all.length, suspected, unknown, slow }));
  else {
    for (const { file, pattern, flags } of slow) console.log(`${file}: /${pattern}/${flags}`);
    console.log(
      `${all.length} expressions: ${suspected} suspected, ${slow.length} slow, ${unknown} that the checker cannot tell.`,
    );
  }
  return slow.length > 0 ? 1 : 0;
}

/** The text that the checker found to be worst, at full length. */
function attackOf({ pumps, suffix }: NonNullable<Verdict["attack"]>) {
  const share = HOSTILE_UNITS / Math.max(1, pumps.length);
  const drawn = pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(share / Math.max(1, pump.length))));
  return drawn.join("") + suffix;
}
