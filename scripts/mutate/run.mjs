// @ts-check
// One run of vitest over the code with switches.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, quiet, root } from "../install.mjs";

/**
 * @typedef {import("./reporter.mjs").Report} Report
 * @typedef {{ kind: "report", report: Report } | { kind: "hung" } | { kind: "crashed", output: string }} Outcome
 */

/** @type {Set<number>} Process groups that must not outlive this process. */
const groups = new Set();
process.on("exit", () => groups.forEach(end));
process.on("SIGTERM", () => process.exit(143));

/** @param {number} group */
function end(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/**
 * @param {import("./vitest.config.mjs").Plan} plan
 * @param {{ files?: readonly string[], bail?: boolean, timeoutMs: number }} options
 * @returns {Promise<Outcome>}
 */
export async function runTests(plan, { files = [], bail = false, timeoutMs }) {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-mutants-"));
  const [planFile, reportFile] = [join(folder, "plan.json"), join(folder, "report.json")];
  writeFileSync(planFile, JSON.stringify(plan));
  const child = spawn(
    bin("vitest"),
    [
      "run",
      ...["--config", "scripts/mutate/vitest.config.mjs"],
      ...["--reporter", "./scripts/mutate/reporter.mjs"],
      ...(bail ? ["--bail", "1"] : []),
      ...files,
    ],
    {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...quiet, PULSEGATE_MUTANTS: planFile, PULSEGATE_MUTANTS_REPORT: reportFile },
    },
  );
  const group = child.pid ?? 0;
  groups.add(group);
  let output = "";
  /** @param {Buffer} chunk */
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    end(group);
  }, timeoutMs);
  await new Promise((done) => child.once("close", done));
  clearTimeout(timer);
  // The runtime is a process of its own, and may be in a loop.
  end(group);
  groups.delete(group);
  try {
    if (hung) return { kind: "hung" };
    return { kind: "report", report: JSON.parse(readFileSync(reportFile, "utf8")) };
  } catch {
    return { kind: "crashed", output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
