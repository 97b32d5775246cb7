// @ts-check
// What a run of tests says to the one who asked for it.
import { writeFileSync } from "node:fs";

/**
 * @typedef {object} Tested
 * @property {string} name      `<file> > <name>`.
 * @property {string} project
 * @property {string} file
 * @property {"passed" | "failed" | "skipped"} state
 * @property {number} ms
 * @property {Record<string, number>} met  How often each switch was met, by its number.
 * @property {Record<string, number>} loaded  The same while the file's modules were loaded; with its first test.
 *
 * @typedef {object} Report
 * @property {Tested[]} tests
 * @property {string[]} broken  Files that failed outside of their tests, with the reason.
 */

/** Writes a {@link Report} to the file that PULSEGATE_MUTANTS_REPORT names. */
export default class Reporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<import("vitest").SerializedError>} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Report} */
    const report = { tests: [], broken: unhandled.map(({ message }) => message) };
    for (const one of modules) {
      report.broken.push(...one.errors().map(({ message }) => `${one.relativeModuleId}: ${message}`));
      for (const suite of one.children.allSuites()) report.broken.push(...suite.errors().map(({ message }) => message));
      for (const test of one.children.allTests()) {
        const { state } = test.result();
        const meta = /** @type {{ met?: Record<string, number>, loaded?: Record<string, number> }} */ (test.meta());
        report.tests.push({
          name: `${one.relativeModuleId} > ${test.fullName}`,
          project: one.project.name,
          file: one.relativeModuleId,
          state: state === "pending" ? "skipped" : state,
          ms: test.diagnostic()?.duration ?? 0,
          met: meta.met ?? {},
          loaded: meta.loaded ?? {},
        });
      }
    }
    const file = process.env["PULSEGATE_MUTANTS_REPORT"];
    if (file) writeFileSync(file, JSON.stringify(report));
  }
}
