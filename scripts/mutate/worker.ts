// A process that runs tests on the code with switches, again and again: Vitest and the transformed code stay, each run has
// runtimes of its own. Run by `run.ts`; its setup is in the file that PULSEGATE_MUTANTS names.

import { join } from "node:path";
import { createVitest } from "vitest/node";
import { root } from "../install.ts";
import { keepRuntimes } from "./kept.ts";
import { type RunReport, reportOf } from "./outcome.ts";

export interface Plan {
  /** The switch that is on. */
  active: string | null;
  /** How often the switched code may be met before it counts as a loop without end. */
  hits: number;
  /** The tests to run, by `<file> > <name>`; null for all. */
  tests: string[] | null;
  /** The files to run, in this order; null for all. */
  files: { project: string; file: string }[] | null;
}

export type WorkerMessage = { ready: true } | { report: RunReport };

const vitest = await createVitest("test", {
  config: join(root, "scripts/mutate/vitest.config.ts"),
  root,
  watch: false,
  reporters: [{}],
});

// If the files of a suite share a runtime, its runs may too. The other suites have a runtime for each file, as ever.
const drops = vitest.projects.filter(({ config }) => !config.isolate).map(keepRuntimes);
let runs = 0;

const tell = (message: WorkerMessage) => process.send?.(message);

process.on("message", async (plan: Plan) => {
  const report = await run(plan);
  tell({ report });
  // Runtimes end on their own after a run. What one says while it ends must not be counted in the next run.
  await vitest.cancelCurrentRun("test-failure");
  if (!mayStay(report)) await Promise.all(drops.map((drop) => drop()));
  tell({ ready: true });
});
// The process that asked is gone.
process.on("disconnect", () => process.exit());
tell({ ready: true });

async function run({ active, hits, tests, files }: Plan) {
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
 */
function mayStay({ tests, broken }: RunReport) {
  return (
    broken.length === 0 && tests.every(({ project, ms }) => ms < vitest.getProjectByName(project).config.testTimeout)
  );
}
