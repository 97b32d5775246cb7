// Which packages are in what is deployed, transitive ones too: what the bundler takes in, not what package.json says.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../install.ts";

/** The Worker, the scripts for pages, the dashboard and the player. */
const ENTRIES = {
  worker: "src/index.ts",
  tracker: "src/web/tracker/tracker.ts",
  form: "src/web/tracker/form.ts",
  pulse: "src/web/tracker/pulse.ts",
  module: "src/web/tracker/in-page.ts",
  acts: "src/web/tracker/lazy/acts/index.ts",
  consent: "src/web/tracker/lazy/consent/index.ts",
  fingerprint: "src/web/tracker/lazy/fingerprint.ts",
  lead: "src/web/tracker/lazy/lead/index.ts",
  recorder: "src/web/tracker/lazy/recorder/index.ts",
  vitals: "src/web/tracker/lazy/vitals/index.ts",
  dashboard: "src/web/dashboard/main.tsx",
  player: "src/web/dashboard/player/main.ts",
};

export interface Bundled {
  name: string;
  version: string;
  licence: string;
  files: string[];
  within: string[];
}

/** @returns By name; `within` says in which of the files above each is. */
export async function bundledPackages(): Promise<Bundled[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: "dist/licences",
    write: false,
    bundle: true,
    metafile: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
    define: { LAZY_PATH: '""' },
    jsx: "automatic",
    jsxImportSource: "preact",
    conditions: ["workerd", "worker", "browser"],
    // The Worker carries the scripts as text; they are entries of their own.
    external: ["cloudflare:*", "node:*", "../../dist/browser/*"],
    loader: { ".txt": "text", ".html": "text", ".svg": "text" },
  });
  const found = new Map<string, Set<string>>();
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder === undefined || bytesInOutput === 0) continue;
      found.set(folder, (found.get(folder) ?? new Set()).add(/([^/.]+)\.\w+$/.exec(output)?.[1] ?? output));
    }
  }
  return [...found].map(([folder, within]) => described(join(root, folder), [...within].sort())).sort(byName);
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

function described(folder: string, within: string[]): Bundled {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
  return { name, version, licence: String(license ?? ""), files, within };
}
