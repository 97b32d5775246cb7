// @ts-check
// `npm test`: installs what is missing, builds the scripts, runs every suite one after the other, and says how long
// each took. `npm test -- worker crash` runs those suites only.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, installMissing, quiet, root, run } from "./install.mjs";

/** Fast ones first. */
const SUITES = {
  unit: "pure functions, in workerd",
  property: "streams, acks and the fold against plain models",
  worker: "the Worker and its actors over HTTP and WebSocket, in workerd",
  crash: "every outside write refused, lied about, or died in; outages; evictions",
  system: "the running server: kill -9 under load, hibernation, unknown ids",
  browser: "Chromium on a page of another origin",
};

const asked = process.argv.slice(2);
if (asked.includes("--help") || asked.includes("-h")) {
  const list = Object.entries(SUITES).map(([name, what]) => `  ${name.padEnd(9)} ${what}`);
  console.log(`npm test [-- <suite> …]\n\nRuns every suite, or those named:\n${list.join("\n")}`);
  process.exit(0);
}
const unknown = asked.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(", ")}. There are ${Object.keys(SUITES).join(", ")}.`);
  process.exit(2);
}

installMissing();
run(process.execPath, ["scripts/build.mjs"]);

const results = (asked.length > 0 ? asked : Object.keys(SUITES)).map(runSuite);
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

/** @param {number} passed @param {number} failed @param {number} skipped */
function counted(passed, failed, skipped) {
  return `${String(passed).padStart(4)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** @param {string} what @param {import("./lib/reporter.mjs").Told[]} tests */
function tell(what, tests) {
  for (const { test, error } of tests) console.log(`${what}: ${test}\n    ${error}`);
}

/** @param {string} name */
function runSuite(name) {
  const report = join(tmpdir(), `pulsegate-test-${process.pid}-${name}.json`);
  const began = Date.now();
  console.log(`\n── ${name}: ${SUITES[/** @type {keyof typeof SUITES} */ (name)]}`);
  const { status, signal } = spawnSync(
    bin("vitest"),
    ["run", "--project", name, "--reporter=default", "--reporter=./scripts/lib/reporter.mjs"],
    {
      ...{ cwd: root, stdio: ["ignore", "inherit", "inherit"] },
      env: { ...process.env, ...quiet, PULSEGATE_TEST_REPORT: report },
    },
  );
  if (status !== 0) console.error(`Suite ${name} ended with ${signal ?? `code ${status}`}.`);
  return { name, status, seconds: (Date.now() - began) / 1_000, ...readReport(report) };
}

/**
 * A suite that ends without a report has failed as a whole.
 * @param {string} file
 * @returns {import("./lib/reporter.mjs").Report}
 */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    rmSync(file);
    return report;
  } catch {
    return { passed: 0, skipped: 0, failed: [{ test: "the whole suite", error: "it left no report" }], again: [] };
  }
}
