// @ts-check
// What need not be done again: a build of the same sources, migrations a local database has had.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../install.mjs";

/** Everything that a build of the scripts and the dashboard is made from. */
const SOURCES = ["src", "scripts/lib", "package-lock.json"];
const STAMP = join(root, "dist", ".sources");
/** What a build leaves; without it there is nothing to be fresh. */
const BUILT = ["dist/browser/manifest.txt", "dist/assets/_headers"];

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

/** True when what is in `dist` was built from the sources as they are. */
export const isBuilt = () => BUILT.every((file) => existsSync(join(root, file))) && read(STAMP) === sources();

/** To be called before the build: what changes meanwhile is to be built again. @returns {() => void} Call it after. */
export function buildStamp() {
  const of = sources();
  return () => write(STAMP, of);
}

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
