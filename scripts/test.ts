// `npm test`: installs what is missing, builds the scripts, runs suites one after the other, and says how long each took.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bin, installMissing, quiet, root, run } from "./install.ts";
import type { SuiteReport, TestNote } from "./lib/reporter.ts";
import { filesOf, IN_WORKERD, SUITES, suitesOf, TIERS } from "./lib/suites.ts";

const list = Object.entries(SUITES).map(([name, { tier, what }]) => `  ${name.padEnd(9)} ${tier.padEnd(5)} ${what}`);
const HELP = `npm test [-- <suite or file> …] [options]

Runs the suites of a tier, or those named; a part of a file's name runs the files that have it: npm test -- vpn.test.ts
  --tier      test (default: at every turn, within 12 minutes), ci (before a change goes in, within 25), or all
  --watch     goes on, and runs again what a change reaches: npm test -- unit --watch
  -t          only tests whose names match this
  --coverage  counts what the suites that run in workerd reach, and prints it by folder
  --help      this text

suite     tier
${list.join("\n")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tier: { type: "string", default: "test" },
    watch: { type: "boolean", default: false },
    coverage: { type: "boolean", default: false },
    t: { type: "string", short: "t" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const tier =
  TIERS.find((name) => name === values.tier) ?? fail(`There is no tier ${values.tier}: ${TIERS.join(", ")}.`);
const asked = positionals.map((name) => ({ name, files: Object.hasOwn(SUITES, name) ? filesOf(name) : named(name) }));
const files = asked.flatMap((one) => one.files);
const suites =
  files.length > 0
    ? Object.keys(SUITES).filter((name) => filesOf(name).some((file) => files.includes(file)))
    : suitesOf(tier);
const common = values.t === undefined ? [] : ["-t", values.t];

/** A night has time for more random cases and more visits. */
const NIGHTLY = { TEST_SCALE: "10", SOAK_VISITS: "1000" };

installMissing();
run(process.execPath, ["scripts/build.ts"]);

if (values.watch) {
  const { status } = vitest(["watch", ...projects(suites), ...common, ...files], {}, "inherit");
  process.exit(status ?? 1);
}
if (values.coverage) {
  const counted = suites.filter((name) => IN_WORKERD.includes(name));
  const reporters = ["text", "html"].flatMap((name) => ["--coverage.reporter", name]);
  const coverage = ["--coverage.enabled", "--coverage.provider", "istanbul", ...reporters];
  const include = ["src/**/*.ts", "durable/**/*.ts"].flatMap((glob) => ["--coverage.include", glob]);
  // What runs in browsers is loaded by none of these suites.
  const exclude = ["src/web/tracker/**", "src/web/dashboard/**"].flatMap((glob) => ["--coverage.exclude", glob]);
  const { status } = vitest(["run", ...projects(counted), ...coverage, ...include, ...exclude, ...common, ...files]);
  process.exit(status ?? 1);
}

const results = suites.map(runSuite);
for (const { again } of results) tell("Passed at the second try", again);
for (const { failed } of results) tell("FAILED", failed);
for (const { name, passed, failed, skipped, seconds } of results) {
  console.log(`${name.padEnd(9)} ${counted(passed, failed.length, skipped)}   ${seconds.toFixed(1)} s`);
}
const total = results.reduce(
  (sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed.length,
    skipped: sum.skipped + one.skipped,
    seconds: sum.seconds + one.seconds,
  }),
  { passed: 0, failed: 0, skipped: 0, seconds: 0 },
);
console.log(`All suites: ${total.seconds.toFixed(0)} s`);
console.log(counted(total.passed, total.failed, total.skipped).trim());
process.exit(total.failed > 0 || results.some((one) => one.status !== 0) ? 1 : 0);

/** @param name A part of a test file's name. */
function named(name: string) {
  const found = Object.keys(SUITES).flatMap((suite) => filesOf(suite).filter((file) => file.includes(name)));
  if (found.length > 0) return found;
  return fail(`No suite and no test file is called ${name}. The suites are ${Object.keys(SUITES).join(", ")}.`);
}

function fail(text: string): never {
  console.error(text);
  return process.exit(2);
}

function projects(names: readonly string[]) {
  return names.flatMap((name) => ["--project", name]);
}

function counted(passed: number, failed: number, skipped: number) {
  return `${String(passed).padStart(4)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function tell(what: string, tests: TestNote[]) {
  for (const { test, error } of tests) console.log(`${what}: ${test}\n    ${error}`);
}

function vitest(args: string[], env: NodeJS.ProcessEnv = {}, stdin: "ignore" | "inherit" = "ignore") {
  return spawnSync(bin("vitest"), args, {
    cwd: root,
    stdio: [stdin, "inherit", "inherit"],
    env: { ...process.env, ...quiet, ...(tier === "all" ? NIGHTLY : {}), ...env },
  });
}

function runSuite(name: string) {
  const report = join(tmpdir(), `pulsegate-test-${process.pid}-${name}.json`);
  const began = Date.now();
  console.log(`\n── ${name}: ${SUITES[name]?.what}`);
  const reporters = ["--reporter=default", "--reporter=./scripts/lib/reporter.ts"];
  const own = files.filter((file) => filesOf(name).includes(file));
  const { status, signal } = vitest(["run", ...projects([name]), ...reporters, ...common, ...own], {
    PULSEGATE_TEST_REPORT: report,
  });
  if (status !== 0) console.error(`Suite ${name} ended with ${signal ?? `code ${status}`}.`);
  return { name, status, seconds: (Date.now() - began) / 1_000, ...readReport(report) };
}

/** A suite that ends without a report has failed as a whole. */
function readReport(file: string): SuiteReport {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    rmSync(file);
    return report;
  } catch {
    return { passed: 0, skipped: 0, failed: [{ test: "the whole suite", error: "it left no report" }], again: [] };
  }
}
