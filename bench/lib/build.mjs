// @ts-check
// Builds what is measured: the Worker as `wrangler deploy` would upload it, and the benchmark's own Workers.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { quiet, root, runQuietly } from "../../scripts/install.mjs";
import { isBuilt } from "../../scripts/lib/fresh.mjs";

// A host serves the built scripts and dashboard, whatever it measures.
if (!isBuilt()) runQuietly(process.execPath, ["scripts/build.mjs"]);

/** A folder for this run's builds and state; removed at its end. */
export const workspace = mkdtempSync(join(tmpdir(), "pulsegate-bench-"));

/** @returns {string} The folder with index.js. */
export const buildSubject = () => buildWorker(root, join(workspace, "subject"));

/**
 * The Worker of another checkout, by that checkout's own tools.
 * @param {string} folder
 * @returns {string} The folder with index.js.
 */
export const buildOther = (folder) => buildWorker(folder, join(workspace, "other"));

/** @param {string} folder @param {string} out */
function buildWorker(folder, out) {
  const { status, stdout, stderr } = spawnSync(
    join(folder, "node_modules/.bin/wrangler"),
    ["deploy", "--dry-run", "--env", "development", "--outdir", out],
    { cwd: folder, encoding: "utf8", env: { ...process.env, ...quiet } },
  );
  if (status !== 0) throw new Error(`wrangler deploy --dry-run failed in ${folder}:\n${stdout}\n${stderr}`);
  return out;
}

/**
 * The same Worker with one of its limits changed.
 * @param {string} dist
 * @param {string} limit
 * @param {(now: string) => string} change  Of the expression that it is.
 * @returns {string} The folder with index.js.
 */
function withLimit(dist, limit, change) {
  const out = join(workspace, limit);
  cpSync(dist, out, { recursive: true });
  const code = readFileSync(join(out, "index.js"), "utf8");
  const changed = code.replace(new RegExp(`(\\b${limit} = )([^;]+);`), (_, name, now) => `${name}${change(now)};`);
  if (changed === code) throw new Error(`the built Worker has no ${limit}`);
  writeFileSync(join(out, "index.js"), changed);
  return out;
}

/** Any batch is text enough for a session to flush at once. @param {string} dist */
export const flushingOften = (dist) => withLimit(dist, "FLUSH_AT_UNITS", (now) => `(${now}) / 1_000`);

/** Who has come is not written to the stores for ten minutes. @param {string} dist */
export const flushingLate = (dist) => withLimit(dist, "FIRST_FLUSH_MS", () => "600_000");

/** @param {string} name  Of a file in bench/workers. @returns {Promise<string>} The folder with index.js. */
export const buildOwn = (name) => bundle(name, `../workers/${name}.ts`);

/**
 * @param {string} name
 * @param {string} entry  Relative to this file.
 * @param {"browser" | "node"} [platform]  `node`: a module for Node.
 * @returns {Promise<string>} The folder with index.js.
 */
export async function bundle(name, entry, platform = "browser") {
  const out = join(workspace, name);
  await build({
    entryPoints: { index: fileURLToPath(new URL(entry, import.meta.url)) },
    platform,
    outdir: out,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    loader: { ".html": "text", ".txt": "text" },
    logLevel: "warning",
  });
  return out;
}
