// The regular expressions of the code, and texts on which a slow one takes long.
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

/** Length of the texts: more than any field or header has once it is cut. */
export const HOSTILE_UNITS = 64 * 1024;
/**
 * A linear expression reads so much text in a few milliseconds, a quadratic one takes two seconds or more. On a busy machine
 * a linear one may take this long once, but hardly three times in a row.
 */
const HOSTILE_MS = 700;
const TRIES = 3;
/** The time for all texts of one expression together, ms. */
const ALL_MS = 2_000;

/** TypeScript of the Worker, its actors and the pages' scripts, as far as git knows it. */
const files = () =>
  spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "src", "durable"], {
    cwd: root,
    encoding: "utf8",
  })
    .stdout.split("\n")
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name));

/** The files that run at the edge. */
export const workerFiles = () => files().filter((name) => !name.startsWith("src/web/"));

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

/** Expressions that are written as literals. */
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

/** Expressions that a module builds with `new RegExp`, from a table for example. */
export async function built(): Promise<Expression[]> {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  // Inside the project, so that bundles find its packages.
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

/**
 * Expressions of libphonenumber do not count: it reads 128 characters at most. As an external it is loaded before RegExp is
 * watched.
 */
const external = ["libphonenumber-js", "libphonenumber-js/*"];

async function bundled(file: string, outfile: string) {
  const loader = { ".txt": "text" } as const;
  await build({ entryPoints: [join(root, file)], outfile, bundle: true, format: "esm", external, loader });
  return pathToFileURL(outfile).href;
}

/** An argument for functions of which nothing is known. */
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
    // Some are only built by the first call of a function.
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

/** Repeats a text to full length, with an end that keeps an expression from matching. */
const pumped = (text: string) => `${text.repeat(Math.ceil(HOSTILE_UNITS / text.length)).slice(0, HOSTILE_UNITS)}\u0000`;

/** Most slow expressions are slow on one repeated character, or on two in turn. */
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

/** Words that an expression looks for: on text that begins like a match it has to read on. */
const wordsOf = (pattern: string) => [...new Set(pattern.match(/[A-Za-z]{2,30}|[a-z]+:/g) ?? [])].slice(0, 12);

/** Texts of full length that are the likeliest to be slow for this expression. */
export const hostileTexts = ({ pattern }: Expression): string[] => [
  ...USUAL.map(pumped),
  ...wordsOf(pattern).flatMap((word) => [
    ...[word, `${word} `, `${word}/`, `${word}/1`, `;${word}`, `(${word}`, `${word}=`, `${word}-`].map(pumped),
    ...["0", " ", "a", "("].map((fill) => word + pumped(fill)),
    ...["0", "a"].map((fill) => `${word}/${pumped(fill)}`),
  ]),
];

/** The first of these texts that an expression does not get through in time; null if there is none. */
export function slowOn(expression: Expression, texts: readonly string[]) {
  // All at once first: a linear expression is through with them in a moment.
  if (!isStopped(expression, texts, ALL_MS)) return null;
  return (
    texts.find((text) => Array.from({ length: TRIES }).every(() => isStopped(expression, [text], HOSTILE_MS))) ?? null
  );
}

/** @param timeout ms */
function isStopped({ pattern, flags }: Expression, texts: readonly string[], timeout: number) {
  const expression = new RegExp(pattern, flags);
  // As the code uses it: a global one for all matches.
  const use = flags.includes("g") ? "text.replace(expression, '')" : "expression.test(text)";
  try {
    runInNewContext(`for (const text of texts) ${use}`, { expression, texts }, { timeout });
    return false;
  } catch {
    return true;
  }
}
