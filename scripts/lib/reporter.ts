// Vitest's default reporter prints during the run. This one writes a report, which `npm test` prints after the last suite.
import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { TestModule } from "vitest/node";

export interface TestNote {
  /** File and name. */
  test: string;
  /** First line of what it failed with. */
  error: string;
}

export interface SuiteReport {
  passed: number;
  skipped: number;
  failed: TestNote[];
  /** Passed at a second try, with the first one's error. */
  again: TestNote[];
}

/** Writes a {@link SuiteReport} to the file that `PULSEGATE_TEST_REPORT` names. */
export default class Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<SerializedError>) {
    const report: SuiteReport = { passed: 0, skipped: 0, failed: [], again: [] };
    for (const one of modules) {
      // Errors outside of tests: a file that cannot be loaded, or a hook that threw.
      for (const error of one.errors()) report.failed.push(told(one.relativeModuleId, error));
      for (const suite of one.children.allSuites()) {
        for (const error of suite.errors())
          report.failed.push(told(`${one.relativeModuleId} > ${suite.fullName}`, error));
      }
      for (const test of one.children.allTests()) {
        const { state, errors } = test.result();
        const name = `${one.relativeModuleId} > ${test.fullName}`;
        if (state === "failed") report.failed.push(told(name, errors.at(-1)));
        else if (state === "skipped" || state === "pending") report.skipped++;
        else report.passed++;
        if (state === "passed" && test.diagnostic()?.flaky) report.again.push(told(name, errors?.[0]));
      }
    }
    for (const error of unhandled) report.failed.push(told("outside of every test", error));
    const file = process.env["PULSEGATE_TEST_REPORT"];
    if (file) writeFileSync(file, JSON.stringify(report));
  }
}

function told(test: string, error: { message: string } | undefined): TestNote {
  return { test, error: (error?.message ?? "no error was told").split("\n", 1)[0] ?? "" };
}
