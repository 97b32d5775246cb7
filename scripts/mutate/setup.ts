// Turns the mutant's switch on. Beside each test: runs it only if it is asked for, and tells which switches it has met.
import { afterEach, beforeEach, type TestContext } from "vitest";

type Hits = Record<string, number>;

interface Switches {
  activeMutant?: string;
  hitCount?: number;
  hitLimit?: number;
  currentTestId?: string;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
}

declare const MUTATED_TESTS: string[] | null;
declare const MUTANT: Switches;
declare global {
  var __stryker__: Switches | undefined;
}

const asked = MUTATED_TESTS && new Set(MUTATED_TESTS);
/** The code keeps hold of this object, and files may share a runtime: it stays the same one. */
globalThis.__stryker__ ??= {};
const switches = Object.assign(globalThis.__stryker__, MUTANT);
/** What was met outside of tests, while modules were loaded, is told with the file's first test. */
let isFirst = true;

const nameOf = ({ task }: TestContext) => `${task.file.name} > ${task.fullTestName}`;

beforeEach((context) => {
  const name = nameOf(context);
  if (asked && !asked.has(name)) context.skip();
  switches.currentTestId = name;
});

afterEach((context) => {
  const { mutantCoverage } = switches;
  const met = mutantCoverage?.perTest[nameOf(context)];
  if (met) Object.assign(context.task.meta, { met });
  if (isFirst && mutantCoverage) Object.assign(context.task.meta, { loaded: { ...mutantCoverage.static } });
  isFirst = false;
  // What the next file loads is met by no test of this one.
  delete switches.currentTestId;
});
