// @ts-check
// The regular expressions of the code, and texts that make a slow one show itself.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { parseSync } from "vite";
import { root } from "../install.mjs";

/** @typedef {{ file: string, pattern: string, flags: string }} Expression */

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
export const workerFiles = () => files().filter((name) => !/^src\/(browser|dashboard)\//.test(name));

/** @param {string} file */
const textOf = (file) => readFileSync(join(root, file), "utf8");

/** Each that is written down as a literal. @returns {Expression[]} */
export function literals() {
  return files().flatMap((file) => {
    /** @type {Expression[]} */
    const found = [];
    /** @param {unknown} node */
    const visit = (node) => {
      if (typeof node !== "object" || node === null) return;
      if ("regex" in node && node.regex) {
        const { pattern, flags } = /** @type {{ pattern: string, flags: string }} */ (node.regex);
        found.push({ file, pattern, flags });
        return;
      }
      for (const part of Object.values(node)) visit(part);
    };
    visit(parseSync(file, textOf(file)).program);
    return found;
  });
}

/** Each that is put together while its module is loaded, from a table for one. @returns {Promise<Expression[]>} */
export async function built() {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  // Within the project, so that packages are found.
  const folder = mkdtempSync(join(cache, "expressions-"));
  /** @type {Expression[]} */
  const found = [];
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

/** @param {string} file @param {string} outfile */
async function bundled(file, outfile) {
  const loader = /** @type {const} */ ({ ".txt": "text" });
  await build({ entryPoints: [join(root, file)], outfile, bundle: true, format: "esm", external, loader });
  return pathToFileURL(outfile).href;
}

/** What functions of which nothing is known may be asked about. */
const ANYTHING = "Mozilla/5.0 (compatible; Thing/1.0)";

/** @param {string} url @param {string} file @returns {Promise<Expression[]>} */
async function madeBy(url, file) {
  await import(url);
  /** @type {Expression[]} */
  const found = [];
  const Plain = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Plain, {
    construct(target, [pattern, flags]) {
      const expression = new target(pattern, flags);
      found.push({ file, pattern: expression.source, flags: expression.flags });
      return expression;
    },
  });
  try {
    const loaded = await import(`${url}?again`);
    // Some are made when they are first asked for.
    for (const ask of Object.values(loaded))
      await Promise.resolve(ANYTHING)
        .then(ask)
        .catch(() => {});
  } finally {
    globalThis.RegExp = Plain;
  }
  return found;
}

/** Over and over, up to the length that is tried; nothing that follows lets an expression end well. @param {string} text */
const pumped = (text) => `${text.repeat(Math.ceil(HOSTILE_UNITS / text.length)).slice(0, HOSTILE_UNITS)}\u0000`;

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

/** The words and numbers that an expression looks for: what begins like a match has to be read on. @param {string} pattern */
const wordsOf = (pattern) => [...new Set(pattern.match(/[A-Za-z]{2,30}|[a-z]+:/g) ?? [])].slice(0, 12);

/** Texts of 64 KB that are hard for this expression if any are. @param {Expression} expression @returns {string[]} */
export const hostileTexts = ({ pattern }) => [
  ...USUAL.map(pumped),
  ...wordsOf(pattern).flatMap((word) => [
    ...[word, `${word} `, `${word}/`, `${word}/1`, `;${word}`, `(${word}`, `${word}=`, `${word}-`].map(pumped),
    ...["0", " ", "a", "("].map((fill) => word + pumped(fill)),
    ...["0", "a"].map((fill) => `${word}/${pumped(fill)}`),
  ]),
];

/**
 * The first of these texts that an expression does not get through in time; null where there is none.
 * @param {Expression} expression @param {readonly string[]} texts
 */
export function slowOn(expression, texts) {
  // All in one go: one that is linear is through with them in a moment.
  if (!isStopped(expression, texts, ALL_MS)) return null;
  return (
    texts.find((text) => Array.from({ length: TRIES }).every(() => isStopped(expression, [text], HOSTILE_MS))) ?? null
  );
}

/** @param {Expression} expression @param {readonly string[]} texts @param {number} timeout  ms */
function isStopped({ pattern, flags }, texts, timeout) {
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
