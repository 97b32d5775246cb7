// @ts-check
// The suites that run in workerd, on code with switches: PULSEGATE_MUTANTS names a file that holds it.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig } from "vitest/config";
import own from "../../vitest.config";
import { root } from "../install.mjs";

/**
 * @typedef {object} Setup
 * @property {Record<string, string>} files  The code with switches, by path from the project's root.
 * @property {readonly string[]} suites      Those that have tests to run.
 * @property {number} atOnce                 Files of tests that run at one time.
 * @property {boolean} bail                  A run ends with the first test that fails.
 */

/** @type {Setup} */
const setup = JSON.parse(readFileSync(process.env["PULSEGATE_MUTANTS"] ?? "", "utf8"));

/** @type {import("vite").Plugin} */
const switches = {
  name: "switches",
  enforce: "pre",
  load(id) {
    const code = setup.files[relative(root, id.split("?")[0] ?? "")];
    return code ?? null;
  },
};

/** Runs files as they were asked for: the cheapest come first, and files that share a runtime together. */
class AsAsked {
  /** @param {import("vitest/node").TestSpecification[]} files */
  async sort(files) {
    return files;
  }

  /** @param {import("vitest/node").TestSpecification[]} files */
  async shard(files) {
    return files;
  }
}

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
    // A second try would only take time: a test that fails by chance is looked at where it is counted.
    // The setup says which switch is on, before any of the code is loaded.
    test: {
      ...test,
      retry: 0,
      bail: setup.bail ? 1 : 0,
      setupFiles: [join(root, "scripts/mutate/setup.ts"), ...setupFiles],
    },
  };
}

export default defineConfig({
  root,
  test: {
    maxWorkers: setup.atOnce,
    sequence: { sequencer: AsAsked },
    projects: (own.test?.projects ?? [])
      .filter((project) => typeof project === "object" && "plugins" in project)
      .filter((project) => setup.suites.includes(nameOf(project)))
      .map(switched),
  },
});
