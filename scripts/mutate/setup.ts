// Turns the mutant's switch on. Beside each test: runs it only if it is asked for, and tells which switches it has met.
import { afterEach, beforeEach, inject, type TestContext, vi } from "vitest";

type Hits = Record<string, number>;

interface Switches {
  /** The run that this runtime is in. */
  run?: number;
  activeMutant?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  currentTestId?: string;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
}

declare module "vitest" {
  interface ProvidedContext {
    /** `run`: its number in this process. `active`: "" for none. `tests`: null for all. */
    mutant: { run: number; active: string; hits: number; tests: string[] | null };
  }
}
declare global {
  var __stryker__: Switches | undefined;
}

const { run, active, hits, tests } = inject("mutant");
const asked = tests && new Set(tests);
/** The code keeps hold of this object, and files may share a runtime: it stays the same one. */
globalThis.__stryker__ ??= {};
const switches = globalThis.__stryker__;
// A runtime may have had a run before: what code did while it was loaded then, it did with another switch.
if (switches.run !== run) {
  vi.resetModules();
  delete switches.mutantCoverage;
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
}
Object.assign(switches, {
  run,
  activeMutant: active === "" ? undefined : active,
  hitCount: 0,
  hitLimit: hits,
});
/** What was met outside of tests, while modules were loaded, is told with the file's first test. */
let isFirst = true;

const nameOf = ({ task }: TestContext) => `${task.file.name} > ${task.fullTestName}`;

beforeEach((context) => {
  const name = nameOf(context);
  Object.assign(context.task.meta, { active: switches.activeMutant ?? "" });
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
