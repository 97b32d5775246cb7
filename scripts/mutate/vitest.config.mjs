// @ts-check
// The suites that run in workerd, on code with switches: PULSEGATE_MUTANTS names a file that says which one is on.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig } from "vitest/config";
import own from "../../vitest.config";
import { root } from "../install.mjs";

/**
 * @typedef {object} Plan
 * @property {Record<string, string>} files   The code with switches, by path from the project's root.
 * @property {string | null} active           The switch that is on.
 * @property {number} hits                    How often the switched code may be met before it counts as a loop without end.
 * @property {readonly string[]} projects     The suites that have tests to run.
 * @property {string[] | null} tests          Those to run, by `<file> > <name>`; all of them where it is null.
 */

/** @type {Plan} */
const plan = JSON.parse(readFileSync(process.env["PULSEGATE_MUTANTS"] ?? "", "utf8"));

/** @type {import("vite").Plugin} */
const switches = {
  name: "switches",
  enforce: "pre",
  load(id) {
    const code = plan.files[relative(root, id.split("?")[0] ?? "")];
    return code ?? null;
  },
};

/** @param {unknown} project */
function nameOf(project) {
  return /** @type {{ test: { name: string } }} */ (project).test.name;
}

/** @param {unknown} project */
function switched(project) {
  const { plugins, test } = /** @type {{ plugins: import("vite").Plugin[], test: { setupFiles?: string[] } }} */ (
    project
  );
  const setupFiles = [test.setupFiles ?? []].flat();
  return {
    root,
    plugins: [switches, ...plugins],
    define: {
      MUTATED_TESTS: JSON.stringify(plan.tests),
      MUTANT: JSON.stringify({ activeMutant: plan.active ?? undefined, hitCount: 0, hitLimit: plan.hits }),
    },
    // A second try would only take time: a test that fails by chance is looked at where it is counted.
    // It says which switch is on, before any of the code is loaded.
    test: { ...test, retry: 0, setupFiles: [join(root, "scripts/mutate/setup.ts"), ...setupFiles] },
  };
}

export default defineConfig({
  root,
  test: {
    // With a mutant on, another run has the other processor.
    maxWorkers: plan.active === null ? 2 : 1,
    projects: (own.test?.projects ?? [])
      .filter((project) => typeof project === "object" && "plugins" in project)
      // Each one that is named is set up, with a runtime of its own, whether or not it has anything to run.
      .filter((project) => plan.projects.includes(nameOf(project)))
      .map(switched),
  },
});
