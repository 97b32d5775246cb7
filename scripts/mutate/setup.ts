// Beside each test: runs it only if it is asked for, and tells which switches it has met.
import { afterEach, beforeEach, type TestContext } from "vitest";

type Hits = Record<string, number>;

declare const MUTATED_TESTS: string[] | null;
declare global {
  var __stryker__: { currentTestId?: string; mutantCoverage?: { static: Hits; perTest: Record<string, Hits> } };
}

const asked = MUTATED_TESTS && new Set(MUTATED_TESTS);
globalThis.__stryker__ ??= {};
/** What was met outside of tests, while modules were loaded, is told with the file's first test. */
let isFirst = true;

const nameOf = ({ task }: TestContext) => `${task.file.name} > ${task.fullTestName}`;

beforeEach((context) => {
  const name = nameOf(context);
  if (asked && !asked.has(name)) context.skip();
  globalThis.__stryker__.currentTestId = name;
});

afterEach((context) => {
  const { mutantCoverage } = globalThis.__stryker__;
  const met = mutantCoverage?.perTest[nameOf(context)];
  if (met) Object.assign(context.task.meta, { met });
  if (isFirst && mutantCoverage) Object.assign(context.task.meta, { loaded: { ...mutantCoverage.static } });
  isFirst = false;
});
