// @ts-check
// A process that runs tests on the code with switches, again and again: Vitest and the transformed code stay, each run has
// runtimes of its own. Run by `run.mjs`; its setup is in the file that PULSEGATE_MUTANTS names.
import { join } from "node:path";
import { createVitest } from "vitest/node";
import { root } from "../install.mjs";
import { keepRuntimes } from "./kept.mjs";
import { reportOf } from "./outcome.mjs";

/**
 * @typedef {object} Plan
 * @property {string | null} active   The switch that is on.
 * @property {number} hits            How often the switched code may be met before it counts as a loop without end.
 * @property {string[] | null} tests  Those to run, by `<file> > <name>`; all of them where it is null.
 * @property {{ project: string, file: string }[] | null} files  In this order; all of them where it is null.
 *
 * @typedef {{ ready: true } | { report: import("./outcome.mjs").Report }} Message
 */

const vitest = await createVitest("test", {
  config: join(root, "scripts/mutate/vitest.config.mjs"),
  root,
  watch: false,
  reporters: [{}],
});

// Where files share a runtime, runs may. The others have one for each file, as ever.
const drops = vitest.projects.filter(({ config }) => !config.isolate).map(keepRuntimes);
let runs = 0;

/** @param {Message} message */
const tell = (message) => process.send?.(message);

process.on("message", async (/** @type {Plan} */ plan) => {
  const report = await run(plan);
  tell({ report });
  // Runtimes end on their own after a run. What one says while it ends must not be counted in the next run.
  await vitest.cancelCurrentRun("test-failure");
  if (!mayStay(report)) await Promise.all(drops.map((drop) => drop()));
  tell({ ready: true });
});
// Whoever asked is gone.
process.on("disconnect", () => process.exit());
tell({ ready: true });

/** @param {Plan} plan */
async function run({ active, hits, tests, files }) {
  // A file that does not get to run would show what it did in the run before.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  // Each start of a runtime asks for it anew.
  vitest.provide("mutant", { run: ++runs, active: active ?? "", hits, tests });
  const specifications =
    files === null
      ? await vitest.globTestSpecifications()
      : files.map(({ project, file }) => vitest.getProjectByName(project).createSpecification(join(root, file)));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, files === null);
  return reportOf(testModules, unhandledErrors);
}

/**
 * Whether nothing of a run can be left in a runtime that is kept: no error came from outside of a test, and none was given up.
 * @param {import("./outcome.mjs").Report} report
 */
function mayStay({ tests, broken }) {
  return (
    broken.length === 0 && tests.every(({ project, ms }) => ms < vitest.getProjectByName(project).config.testTimeout)
  );
}
