// @ts-check
// What need not be done again: a build of the same sources, migrations a local database has had.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../install.mjs";

/** Everything that the scripts, the dashboard and the Worker are made from. */
const SOURCES = ["src", "durable", "scripts/lib", "package-lock.json", "wrangler.toml", "THIRD-PARTY.txt"];
/** What a build of the scripts and the dashboard leaves; without it there is nothing to be fresh. */
const BUILT = ["dist/browser/manifest.txt", "dist/assets/_headers"].map((file) => join(root, file));
const DIST = join(root, "dist");

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

function sources() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((path) => filesUnder(join(root, path)))) {
    hash.update(`${file}\n`);
    hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

const stampOf = (/** @type {string} */ folder) => join(folder, ".sources");

/** True when what is in the folder was made from the sources as they are. @param {string} folder */
export const isFresh = (folder) => read(stampOf(folder)) === sources();

/**
 * To be called before something is made: what changes meanwhile is to be made again.
 * @param {string} folder
 * @returns {() => void} To be called when it has been made.
 */
export function noteFresh(folder) {
  const of = sources();
  return () => write(stampOf(folder), of);
}

/** True when the scripts and the dashboard are there, built from the sources as they are. */
export const isBuilt = () => BUILT.every((file) => existsSync(file)) && isFresh(DIST);

export const noteBuilt = () => noteFresh(DIST);

const marker = (/** @type {string} */ state) => join(state, "migrated.txt");
const migrations = () => readdirSync(join(root, "migrations")).sort().join("\n");

/** True when this folder's database has had every migration there is: a released one is never edited. @param {string} state */
export const isMigrated = (state) => existsSync(join(state, "v3", "d1")) && read(marker(state)) === migrations();

/** @param {string} state */
export const noteMigrated = (state) => write(marker(state), migrations());

/** @param {string} file */
const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : null);

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
