// What can be changed in the code, one small change at a time, and the code with switches for those that are asked for.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant, MutateDescription } from "@stryker-mutator/api/core";
import { createInstrumenter, type InstrumentResult } from "@stryker-mutator/instrumenter";
import { createInjector } from "typed-inject";
import { root } from "../install.ts";

/** Changes of texts: most are words for people, and no test should depend on them. */
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

type Ranges = MutateDescription;

/** @param wanted Paths from the project's root; where mutants may be. */
function instrument(wanted: { file: string; mutate: Ranges }[]): Promise<InstrumentResult> {
  const instrumenter = createInjector()
    .provideValue("logger", logger)
    .provideValue("options", {} as never)
    .injectFunction(createInstrumenter);
  const files = wanted.map(({ file, mutate }) => ({
    name: file,
    content: readFileSync(join(root, file), "utf8"),
    mutate,
  }));
  return instrumenter.instrument(files, { plugins: null, excludedMutations: EXCLUDED, ignorers: [], noHeader: false });
}

/** Every mutant of these files. */
export async function mutantsOf(files: readonly string[]): Promise<readonly Mutant[]> {
  const { mutants } = await instrument(files.map((file) => ({ file, mutate: true })));
  return mutants.filter(({ mutatorName }) => !EXCLUDED.includes(mutatorName));
}

/** The files with a switch for each of these mutants, and the mutants with the numbers of their switches. */
export async function withSwitches(
  mutants: readonly Mutant[],
): Promise<{ files: ReadonlyMap<string, string>; mutants: Mutant[] }> {
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

function keyOf({ fileName, location: { start, end }, mutatorName, replacement }: Mutant) {
  return JSON.stringify([fileName, start.line, start.column, end.line, end.column, mutatorName, replacement]);
}

/** A random sample: the same one for the same seed, and nearly the same one after a change elsewhere in the code. */
export function sampleOf(all: readonly Mutant[], size: number, seed: number) {
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
