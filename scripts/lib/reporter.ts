// Vitest's default reporter tells while it runs; this one leaves what is to be said when all suites are over.
import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { TestModule } from "vitest/node";

export interface Told {
  /** File and name. */
  test: string;
  /** First line of what it failed with. */
  error: string;
}

export interface Report {
  passed: number;
  skipped: number;
  failed: Told[];
  /** Passed at a second try, with the first one's error. */
  again: Told[];
}

/** Writes a {@link Report} to the file that `PULSEGATE_TEST_REPORT` names. */
export default class Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<SerializedError>) {
    const report: Report = { passed: 0, skipped: 0, failed: [], again: [] };
    for (const one of modules) {
      // What a file fails with outside of its tests: it cannot be loaded, or a hook of it threw.
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

function told(test: string, error: { message: string } | undefined): Told {
  return { test, error: (error?.message ?? "no error was told").split("\n", 1)[0] ?? "" };
}
