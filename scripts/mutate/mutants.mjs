// @ts-check
// What can be changed in the code, one small change at a time, and the code with switches for those that are asked for.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInstrumenter } from "@stryker-mutator/instrumenter";
import { createInjector } from "typed-inject";
import { root } from "../install.mjs";

/** A text that is another: most are words for people, and no test should hold on to them. */
const EXCLUDED = ["StringLiteral"];

const silent = () => {};
const disabled = () => false;
const logger = {
  isTraceEnabled: disabled,
  isDebugEnabled: disabled,
  isInfoEnabled: disabled,
  isWarnEnabled: disabled,
  isErrorEnabled: disabled,
  isFatalEnabled: disabled,
  trace: silent,
  debug: silent,
  info: silent,
  warn: console.warn,
  error: console.error,
  fatal: console.error,
};

/**
 * @typedef {import("@stryker-mutator/api/core").Mutant} Mutant  Its `id` is the number of its switch. Lines begin with 0.
 * @typedef {import("@stryker-mutator/api/core").MutateDescription} Ranges
 */

/**
 * @param {{ file: string, mutate: Ranges }[]} wanted  Paths from the project's root; where mutants may be.
 * @returns {Promise<import("@stryker-mutator/instrumenter").InstrumentResult>}
 */
function instrument(wanted) {
  const instrumenter = createInjector()
    .provideValue("logger", logger)
    .provideValue("options", /** @type {never} */ ({}))
    .injectFunction(createInstrumenter);
  const files = wanted.map(({ file, mutate }) => ({
    name: file,
    content: readFileSync(join(root, file), "utf8"),
    mutate,
  }));
  return instrumenter.instrument(files, { plugins: null, excludedMutations: EXCLUDED, ignorers: [], noHeader: false });
}

/**
 * Every mutant of these files.
 * @param {readonly string[]} files
 * @returns {Promise<readonly Mutant[]>}
 */
export async function mutantsOf(files) {
  const { mutants } = await instrument(files.map((file) => ({ file, mutate: true })));
  return mutants.filter(({ mutatorName }) => !EXCLUDED.includes(mutatorName));
}

/**
 * The files with a switch for each of these mutants, and the mutants with the numbers of their switches.
 * @param {readonly Mutant[]} mutants
 * @returns {Promise<{ files: ReadonlyMap<string, string>, mutants: Mutant[] }>}
 */
export async function withSwitches(mutants) {
  const keys = new Set(mutants.map(keyOf));
  const names = [...new Set(mutants.map(({ fileName }) => fileName))];
  const wanted = names.map((file) => ({
    file,
    mutate: mutants.filter(({ fileName }) => fileName === file).map(({ location }) => location),
  }));
  const switched = await instrument(wanted);
  return {
    files: new Map(switched.files.map(({ name, content }) => [name, content])),
    mutants: switched.mutants.filter((mutant) => keys.has(keyOf(mutant))),
  };
}

/** @param {Mutant} mutant */
function keyOf({ fileName, location: { start, end }, mutatorName, replacement }) {
  return JSON.stringify([fileName, start.line, start.column, end.line, end.column, mutatorName, replacement]);
}

/**
 * A random sample: the same one for the same seed, and nearly the same one after a change elsewhere in the code.
 * @param {readonly Mutant[]} all
 * @param {number} size
 * @param {number} seed
 */
export function sampleOf(all, size, seed) {
  const keyed = all.map((mutant) => ({
    mutant,
    key: createHash("sha256")
      .update(`${seed}:${keyOf(mutant)}`)
      .digest("hex"),
  }));
  return keyed
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant);
}
