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
for (const { name, passed, failed, skipped, seconds } of results) {
  const skips = skipped > 0 ? `, ${skipped} skipped` : "";
  console.log(
    `${name.padEnd(9)} ${String(passed).padStart(4)} passed, ${failed} failed${skips}   ${seconds.toFixed(1)} s`,
  );
}
const sum = (/** @type {"passed" | "failed" | "skipped" | "seconds"} */ field) =>
  results.reduce((total, result) => total + result[field], 0);
const total = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), seconds: sum("seconds") };
console.log(`All suites: ${total.seconds.toFixed(0)} s`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed > 0 || results.some((one) => one.status !== 0) ? 1 : 0);

/** @param {string} name */
function runSuite(name) {
  const report = join(tmpdir(), `pulsegate-test-${process.pid}-${name}.json`);
  const began = Date.now();
  console.log(`\n── ${name}: ${SUITES[/** @type {keyof typeof SUITES} */ (name)]}`);
  const { status, signal } = spawnSync(
    bin("vitest"),
    ["run", "--project", name, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...quiet } },
  );
  const counts = readReport(report);
  if (status !== 0) console.error(`Suite ${name} ended with ${signal ?? `code ${status}`}.`);
  return { name, status, seconds: (Date.now() - began) / 1_000, ...counts };
}

/**
 * A suite that ends without a report has failed as a whole.
 * @param {string} file
 */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    rmSync(file);
    const { numPassedTests: passed, numFailedTests, numFailedTestSuites, numPendingTests: skipped } = report;
    // A file that cannot be loaded fails without a failed test.
    return { passed, skipped, failed: numFailedTests || (numFailedTestSuites > 0 ? 1 : 0) };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
