// @ts-check
// Loads the project's own TypeScript in Node: commands work with the code that runs, not with a copy of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../install.mjs";

/**
 * Bundles an entry of the project and imports it.
 * @template T
 * @param {string} entry  Path from the project's root.
 * @returns {Promise<T>}
 */
export async function loadSource(entry) {
  const folder = mkdtempSync(join(tmpdir(), "pulsegate-source-"));
  const outfile = join(folder, "source.mjs");
  try {
    await build({
      entryPoints: [join(root, entry)],
      outfile,
      bundle: true,
      format: "esm",
      target: "es2022",
      platform: "node",
      loader: { ".txt": "text" },
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
