// `npm run mutate`: changes the code in small ways, one at a time, and counts how often a test notices.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { root } from "./install.ts";
import { IN_WORKERD } from "./lib/suites.ts";
import { type Judged, judge } from "./mutate/judge.ts";
import { mutantsOf, sampleOf, withSwitches } from "./mutate/mutants.ts";
import { describe, describeOne, interval, isNoticed, scoreOf } from "./mutate/report.ts";
import { Runner } from "./mutate/run.ts";

/** Pure code, actors and stores: they carry the promises. For the rest there is --in. */
const FOLDERS = ["durable", "src/core", "src/data", "src/protocol"];
/** The share of a sample that tests have to notice. */
const GOAL = 0.9;
/** The project's machines have two cores. With more processes than cores, tests of real clocks fail by themselves. */
const AT_ONCE = 2;
/** The run without mutants takes four minutes on two quiet cores. */
const BASELINE_MS = 20 * 60_000;

const HELP = `npm run mutate -- [options]

Makes small changes to the code, one at a time (StrykerJS's mutators, wording left out), runs the tests that meet each, and
prints the share that they notice, with its interval, and the survivors by folder.
  --sample   how many, drawn at random (default 400: within 60 minutes on two quiet cores)
  --seed     of the draw (default 1)
  --changed  only on lines that differ from a commit (default HEAD; --changed=main)
  --suite    only the tests of this suite: unit, property, crash or worker; may be given again (default: all four)
  --in       a folder or file, instead of the pure code, the actors and the stores; may be given again
  --budget   seconds of tests for one mutant (default 60); a mutant whose tests need more may survive for it, and says so
  --minutes  no new mutant is begun after so many (default 60)
  --json     one JSON object, and nothing else; ends with 1 if the share is below ${GOAL * 100} %
  --help     this text`;

const argv = process.argv.slice(2).map((arg) => (arg === "--changed" ? "--changed=HEAD" : arg));
const { values } = parseArgs({
  args: argv,
  options: {
    sample: { type: "string", default: "400" },
    seed: { type: "string", default: "1" },
    changed: { type: "string" },
    suite: { type: "string", multiple: true, default: IN_WORKERD },
    in: { type: "string", multiple: true, default: FOLDERS },
    budget: { type: "string", default: "60" },
    minutes: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const size = wholeNumber(values.sample);
const seed = wholeNumber(values.seed);
const budget = wholeNumber(values.budget);
const minutes = wholeNumber(values.minutes);

for (const name of values.suite.filter((one) => !IN_WORKERD.includes(one))) {
  console.error(`${name} is no suite that runs in workerd: ${IN_WORKERD.join(", ")}.`);
  process.exit(2);
}

const began = Date.now();
const say = (text: string) => values.json || console.log(text);
const elapsed = () => `${((Date.now() - began) / 60_000).toFixed(1)} min`;

const files = git("ls-files", "--", ...values.in).filter((name) => /(?<!\.d)\.tsx?$/.test(name));
for (const place of values.in.filter(
  (name) => !files.some((file) => file === name || file.startsWith(`${name.replace(/\/$/, "")}/`)),
)) {
  console.error(`No TypeScript in ${place}.`);
  process.exit(2);
}
const lines = values.changed === undefined ? null : changedLines(values.changed);
const all = (await mutantsOf(files)).filter(
  ({ fileName, location: { start, end } }) =>
    // A mutant's lines are counted from 0, git's from 1.
    lines === null || touches(lines.get(fileName), start.line + 1, end.line + 1),
);
const chosen = sampleOf(all, size, seed);
if (chosen.length === 0) {
  console.error("There is nothing to change on those lines.");
  process.exit(0);
}
const switched = await withSwitches(chosen);
const code = Object.fromEntries(switched.files);
say(`${chosen.length} of ${all.length} possible changes to ${files.length} files (seed ${seed}).`);

// Tests of the Worker import what it serves. Without a build two suites could not run, and their mutants would survive.
const built = spawnSync(process.execPath, ["scripts/build.ts"], { cwd: root, encoding: "utf8" });
if (built.status !== 0) {
  console.error(built.stderr || built.stdout);
  process.exit(1);
}
say("Running every test once, to see which meets which …");
const everything = new Runner({ files: code, suites: values.suite, atOnce: AT_ONCE, bail: false });
const first = await everything.run(
  { active: null, hits: Number.MAX_SAFE_INTEGER, tests: null, files: null },
  BASELINE_MS,
);
everything.end();
if (first.kind !== "report") {
  console.error(first.kind === "hung" ? "The tests did not end." : first.output);
  process.exit(1);
}
for (const broken of first.report.broken) say(`Left out: ${broken}`);
for (const { name } of first.report.tests.filter(({ state }) => state === "failed")) say(`Left out: ${name}`);
const tests = first.report.tests.filter(({ state }) => state === "passed");
say(`${tests.length} tests, ${elapsed()}.`);

let isStopped = false;
process.once("SIGINT", () => {
  isStopped = true;
  say("Ends with what is under way; once more to end at once.");
  process.once("SIGINT", () => process.exit(130));
});

const judged: Judged[] = [];
const queue = [...switched.mutants];
await Promise.all(Array.from({ length: AT_ONCE }, work));

async function work() {
  // One file at a time: the other runner has the other core.
  const runner = new Runner({ files: code, suites: values.suite, atOnce: 1, bail: true });
  while (!isStopped && Date.now() - began < minutes * 60_000) {
    const mutant = queue.shift();
    if (!mutant) break;
    const one = await judge(runner, mutant, tests, budget * 1_000);
    judged.push(one);
    if (!isNoticed(one)) say(`  survived: ${describeOne(one)}`);
    if (judged.length % 20 === 0) say(`${judged.length} of ${chosen.length}, ${elapsed()}`);
  }
  runner.end();
}

if (judged.length === 0) {
  console.error("No change was judged: the time was over before, or the run was ended.");
  process.exit(2);
}
const { noticed, of, score } = scoreOf(judged);
if (values.json) {
  const targets = [
    { name: "share of changes noticed", value: score, unit: "1", goal: `>= ${GOAL}`, holds: score >= GOAL },
  ];
  const results = judged.map(({ mutant, ...rest }) => ({ ...rest, ...mutant }));
  console.log(JSON.stringify({ seed, noticed, of, score, interval: interval(noticed, of), targets, results }));
} else {
  console.log(`\n${describe(judged)}`);
  if (queue.length > 0) console.log(`${queue.length} were not begun.`);
  console.log(`Goal ${GOAL * 100} %: ${score >= GOAL ? "holds" : "does not hold"}. ${elapsed()}.`);
}
process.exit(score >= GOAL ? 0 : 1);

function wholeNumber(text: string) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`A whole number from 1 on was expected, not ${text}. See npm run mutate -- --help.`);
  return process.exit(2);
}

function git(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status === 0) return stdout.split("\n").filter((line) => line !== "");
  console.error(stderr);
  return process.exit(1);
}

/** A run of lines, counted from 1, both included. */
interface LineRun {
  first: number;
  last: number;
}

/** Lines of the working tree that differ from a commit, by file. */
function changedLines(since: string): Map<string, LineRun[]> {
  const runs = new Map<string, LineRun[]>();
  let file = "";
  for (const line of git("diff", "--unified=0", "--no-color", since, "--")) {
    if (line.startsWith("+++ ")) file = line.replace(/^\+\+\+ (b\/)?/, "");
    const [, from, count = "1"] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (!from || Number(count) === 0) continue;
    const run = { first: Number(from), last: Number(from) + Number(count) - 1 };
    runs.set(file, [...(runs.get(file) ?? []), run]);
  }
  return runs;
}

function touches(runs: LineRun[] | undefined, from: number, to: number) {
  return runs?.some(({ first, last }) => from <= last && to >= first) ?? false;
}
