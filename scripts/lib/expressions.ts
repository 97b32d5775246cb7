// The regular expressions of the code, and texts that make a slow one show itself.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { parseSync } from "vite";
import { root } from "../install.ts";

interface Expression {
  file: string;
  pattern: string;
  flags: string;
}

/** As much text as is tried: more than any field or header has once it is cut. */
export const HOSTILE_UNITS = 64 * 1024;
/**
 * An expression that is linear reads as much in a few milliseconds; one that is quadratic takes two seconds or more. A busy
 * machine may lose one such time, and hardly three in a row.
 */
const HOSTILE_MS = 700;
const TRIES = 3;
/** For all texts of one expression in a row. */
const ALL_MS = 2_000;

/** TypeScript of the Worker, its actors and the pages' scripts, as far as git knows it. */
const files = () =>
  spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "src", "durable"], {
    cwd: root,
    encoding: "utf8",
  })
    .stdout.split("\n")
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name));

/** Those of them that run at the edge. */
export const workerFiles = () => files().filter((name) => !name.startsWith("src/web/"));

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** Each that is written down as a literal. */
export function literals(): Expression[] {
  return files().flatMap((file) => {
    const found: Expression[] = [];
    const visit = (node: unknown) => {
      if (typeof node !== "object" || node === null) return;
      if ("regex" in node && node.regex) {
        const { pattern, flags } = node.regex as { pattern: string; flags: string };
        found.push({ file, pattern, flags });
        return;
      }
      for (const part of Object.values(node)) visit(part);
    };
    visit(parseSync(file, textOf(file)).program);
    return found;
  });
}

/** Each that is put together while its module is loaded, from a table for one. */
export async function built(): Promise<Expression[]> {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  // Within the project, so that packages are found.
  const folder = mkdtempSync(join(cache, "expressions-"));
  const found: Expression[] = [];
  try {
    for (const file of files().filter((name) => textOf(name).includes("new RegExp("))) {
      found.push(...(await madeBy(await bundled(file, join(folder, `${found.length}.mjs`)), file)));
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What libphonenumber makes is not ours to judge: it reads phones, of 128 characters. It is loaded before anyone listens. */
const external = ["libphonenumber-js", "libphonenumber-js/*"];

async function bundled(file: string, outfile: string) {
  const loader = { ".txt": "text" } as const;
  await build({ entryPoints: [join(root, file)], outfile, bundle: true, format: "esm", external, loader });
  return pathToFileURL(outfile).href;
}

/** What functions of which nothing is known may be asked about. */
const ANYTHING = "Mozilla/5.0 (compatible; Thing/1.0)";

async function madeBy(url: string, file: string): Promise<Expression[]> {
  await import(url);
  const found: Expression[] = [];
  const Plain = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Plain, {
    construct(target, [pattern, flags]) {
      const expression = new target(pattern, flags);
      found.push({ file, pattern: expression.source, flags: expression.flags });
      return expression;
    },
  });
  try {
    const loaded: Record<string, unknown> = await import(`${url}?again`);
    // Some are made when they are first asked for.
    for (const ask of Object.values(loaded)) {
      if (typeof ask !== "function") continue;
      await Promise.resolve(ANYTHING)
        .then((text) => ask(text))
        .catch(() => {});
    }
  } finally {
    globalThis.RegExp = Plain;
  }
  return found;
}

/** Over and over, up to the length that is tried; nothing that follows lets an expression end well. */
const pumped = (text: string) => `${text.repeat(Math.ceil(HOSTILE_UNITS / text.length)).slice(0, HOSTILE_UNITS)}\u0000`;

/** What slow expressions are slow on, whichever they are: one kind of character, or two that take turns. */
const USUAL = [
  "a",
  "A",
  "0",
  " ",
  "-",
  ".",
  "/",
  ":",
  ";",
  "(",
  "[",
  "%",
  "=",
  ",",
  "\t",
  "\n",
  "é",
  "a.",
  "a-",
  "0 ",
  "a ",
  "-0",
  "((",
  "%2",
];

/** The words and numbers that an expression looks for: what begins like a match has to be read on. */
const wordsOf = (pattern: string) => [...new Set(pattern.match(/[A-Za-z]{2,30}|[a-z]+:/g) ?? [])].slice(0, 12);

/** Texts of 64 KB that are hard for this expression if any are. */
export const hostileTexts = ({ pattern }: Expression): string[] => [
  ...USUAL.map(pumped),
  ...wordsOf(pattern).flatMap((word) => [
    ...[word, `${word} `, `${word}/`, `${word}/1`, `;${word}`, `(${word}`, `${word}=`, `${word}-`].map(pumped),
    ...["0", " ", "a", "("].map((fill) => word + pumped(fill)),
    ...["0", "a"].map((fill) => `${word}/${pumped(fill)}`),
  ]),
];

/** The first of these texts that an expression does not get through in time; null where there is none. */
export function slowOn(expression: Expression, texts: readonly string[]) {
  // All in one go: one that is linear is through with them in a moment.
  if (!isStopped(expression, texts, ALL_MS)) return null;
  return (
    texts.find((text) => Array.from({ length: TRIES }).every(() => isStopped(expression, [text], HOSTILE_MS))) ?? null
  );
}

/** @param timeout ms */
function isStopped({ pattern, flags }: Expression, texts: readonly string[], timeout: number) {
  const expression = new RegExp(pattern, flags);
  // As the code uses it: all matches of a global one.
  const use = flags.includes("g") ? "text.replace(expression, '')" : "expression.test(text)";
  try {
    runInNewContext(`for (const text of texts) ${use}`, { expression, texts }, { timeout });
    return false;
  } catch {
    return true;
  }
}
