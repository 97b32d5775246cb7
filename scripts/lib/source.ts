// Loads the project's own TypeScript in Node: commands work with the code that runs, not with a copy of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../install.ts";

/**
 * Bundles an entry of the project and imports it.
 * @param entry Path from the project's root.
 * @param folder The checkout to take it from.
 */
export async function loadSource<T>(entry: string, folder: string = root): Promise<T> {
  const made = mkdtempSync(join(tmpdir(), "pulsegate-source-"));
  const outfile = join(made, "source.mjs");
  try {
    await build({
      entryPoints: [join(folder, entry)],
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
    rmSync(made, { recursive: true });
  }
}
