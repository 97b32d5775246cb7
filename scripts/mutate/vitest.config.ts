// The suites that run in workerd, on code with switches: PULSEGATE_MUTANTS names a file that holds it.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import type { TestSpecification } from "vitest/node";
import own from "../../vitest.config.ts";
import { root } from "../install.ts";

export interface Setup {
  /** The code with switches, by path from the project's root. */
  files: Record<string, string>;
  /** The suites that have tests to run. */
  suites: readonly string[];
  /** Files of tests that run at one time. */
  atOnce: number;
  /** A run ends with the first test that fails. */
  bail: boolean;
}

const setup: Setup = JSON.parse(readFileSync(process.env["PULSEGATE_MUTANTS"] ?? "", "utf8"));

const switches: Plugin = {
  name: "switches",
  enforce: "pre",
  load(id) {
    const code = setup.files[relative(root, id.split("?")[0] ?? "")];
    return code ?? null;
  },
};

/** Runs files as they were asked for: the cheapest come first, and files that share a runtime together. */
class AsAsked {
  async sort(files: TestSpecification[]) {
    return files;
  }

  async shard(files: TestSpecification[]) {
    return files;
  }
}

function nameOf(project: unknown) {
  return (project as { test: { name: string } }).test.name;
}

function switched(project: unknown) {
  const { plugins, test } = project as { plugins: Plugin[]; test: { setupFiles?: string[] } };
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
