// The report of a run of tests.
import type { TestModule } from "vitest/node";

export interface Tested {
  /** `<file> > <name>`. */
  name: string;
  project: string;
  file: string;
  state: "passed" | "failed" | "skipped";
  /** The switch that was on, "" for none; null if the test did not begin. */
  active: string | null;
  ms: number;
  /** How often each switch was met, by its number. */
  met: Record<string, number>;
  /** How often each switch was met while the file's modules were loaded. It is noted with the file's first test. */
  loaded: Record<string, number>;
}

export interface RunReport {
  tests: Tested[];
  /** Files that failed outside of their tests, with the reason. */
  broken: string[];
}

/** What `setup.ts` notes beside a test. */
interface TestMeta {
  /** The switch that was on, "" for none. */
  active: string;
  met?: Record<string, number>;
  loaded?: Record<string, number>;
}

export function reportOf(modules: ReadonlyArray<TestModule>, unhandled: readonly unknown[]): RunReport {
  const report: RunReport = { tests: [], broken: unhandled.map((error) => (error as Error).message) };
  for (const one of modules) {
    report.broken.push(...one.errors().map(({ message }) => `${one.relativeModuleId}: ${message}`));
    for (const suite of one.children.allSuites()) report.broken.push(...suite.errors().map(({ message }) => message));
    for (const test of one.children.allTests()) {
      const { state } = test.result();
      const told = test.meta() as Partial<TestMeta>;
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
