// @ts-check
// What a run of tests says to the one who asked for it.

/**
 * @typedef {object} Tested
 * @property {string} name      `<file> > <name>`.
 * @property {string} project
 * @property {string} file
 * @property {"passed" | "failed" | "skipped"} state
 * @property {string | null} active  The switch that was on, "" for none; null if the test did not begin.
 * @property {number} ms
 * @property {Record<string, number>} met  How often each switch was met, by its number.
 * @property {Record<string, number>} loaded  The same while the file's modules were loaded; with its first test.
 *
 * @typedef {object} Report
 * @property {Tested[]} tests
 * @property {string[]} broken  Files that failed outside of their tests, with the reason.
 *
 * @typedef {{ active: string, met?: Record<string, number>, loaded?: Record<string, number> }} Told
 *   What `setup.ts` says beside a test. `active`: the switch that was on, "" for none.
 */

/**
 * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
 * @param {readonly unknown[]} unhandled
 * @returns {Report}
 */
export function reportOf(modules, unhandled) {
  /** @type {Report} */
  const report = { tests: [], broken: unhandled.map((error) => /** @type {Error} */ (error).message) };
  for (const one of modules) {
    report.broken.push(...one.errors().map(({ message }) => `${one.relativeModuleId}: ${message}`));
    for (const suite of one.children.allSuites()) report.broken.push(...suite.errors().map(({ message }) => message));
    for (const test of one.children.allTests()) {
      const { state } = test.result();
      const told = /** @type {Partial<Told>} */ (test.meta());
      report.tests.push({
        name: `${one.relativeModuleId} > ${test.fullName}`,
        project: one.project.name,
        file: one.relativeModuleId,
        state: state === "pending" ? "skipped" : state,
        active: told.active ?? null,
        ms: test.diagnostic()?.duration ?? 0,
        met: told.met ?? {},
        loaded: told.loaded ?? {},
      });
    }
  }
  return report;
}
