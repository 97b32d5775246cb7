// Builds what is measured: the Worker as `wrangler deploy` would upload it, and the benchmark's own Workers.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { quiet, root, runQuietly } from "../../scripts/install.ts";
import { isBuilt } from "../../scripts/lib/fresh.ts";

// Every host serves the built scripts and the dashboard.
if (!isBuilt()) runQuietly(process.execPath, ["scripts/build.ts"]);

/** A folder for this run's builds and state; removed at its end. */
export const workspace = mkdtempSync(join(tmpdir(), "pulsegate-bench-"));

/** @returns The folder with index.js. */
export const buildSubject = (): string => buildWorker(root, join(workspace, "subject"));

/**
 * The Worker of another checkout, by that checkout's own tools.
 * @returns The folder with index.js.
 */
export const buildOther = (folder: string): string => buildWorker(folder, join(workspace, "other"));

function buildWorker(folder: string, out: string) {
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
 * @param change Makes the new expression from the old one.
 * @returns The folder with index.js.
 */
function withLimit(dist: string, limit: string, change: (now: string) => string): string {
  const out = join(workspace, limit);
  cpSync(dist, out, { recursive: true });
  const code = readFileSync(join(out, "index.js"), "utf8");
  const changed = code.replace(new RegExp(`(\\b${limit} = )([^;]+);`), (_, name, now) => `${name}${change(now)};`);
  if (changed === code) throw new Error(`the built Worker has no ${limit}`);
  writeFileSync(join(out, "index.js"), changed);
  return out;
}

/** A Worker whose sessions flush after every batch. */
export const flushingOften = (dist: string) => withLimit(dist, "FLUSH_AT_UNITS", (now) => `(${now}) / 1_000`);

/** A Worker whose sessions flush for the first time after ten minutes. */
export const flushingLate = (dist: string) => withLimit(dist, "FIRST_FLUSH_MS", () => "600_000");

/**
 * @param name Of a file in bench/workers.
 * @returns The folder with index.js.
 */
export const buildOwn = (name: string): Promise<string> => bundle(name, `../workers/${name}.ts`);

/**
 * @param entry Relative to this file.
 * @param platform `node`: a module for Node.
 * @returns The folder with index.js.
 */
export async function bundle(name: string, entry: string, platform: "browser" | "node" = "browser"): Promise<string> {
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
