// What need not be done again: a build of the same sources, migrations a local database has had.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../install.ts";

/** Everything that the scripts, the dashboard and the Worker are made from. */
const SOURCES = ["src", "durable", "scripts/lib", "package-lock.json", "wrangler.toml", "THIRD-PARTY.txt"];
/** Files that every build of the scripts and the dashboard leaves. */
const BUILT = ["dist/browser/manifest.txt", "dist/assets/_headers"].map((file) => join(root, file));
const DIST = join(root, "dist");

function filesUnder(path: string): string[] {
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

const stampOf = (folder: string) => join(folder, ".sources");

/** True when what is in the folder was made from the sources as they are. */
export const isFresh = (folder: string) => read(stampOf(folder)) === sources();

/**
 * Call it before a build: if a source changes during the build, the result does not count as fresh.
 * @returns Call it after the build.
 */
export function noteFresh(folder: string): () => void {
  const of = sources();
  return () => write(stampOf(folder), of);
}

/** True when the scripts and the dashboard are there, built from the sources as they are. */
export const isBuilt = () => BUILT.every((file) => existsSync(file)) && isFresh(DIST);

export const noteBuilt = () => noteFresh(DIST);

const marker = (state: string) => join(state, "migrated.txt");
const migrations = () => readdirSync(join(root, "migrations")).sort().join("\n");

/** True when this folder's database has had every migration there is: a released one is never edited. */
export const isMigrated = (state: string) =>
  existsSync(join(state, "v3", "d1")) && read(marker(state)) === migrations();

export const noteMigrated = (state: string) => write(marker(state), migrations());

const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : null);

function write(file: string, text: string) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
