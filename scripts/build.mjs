// @ts-check
// Bundles the browser scripts to dist/browser/*.js.txt: .txt, because that is what the Worker can import as text; and the
// dashboard to dist/assets.
import { build } from "esbuild";
import { buildDashboard } from "./lib/dashboard.mjs";

await build({
  entryPoints: { "tracker.js": "src/browser/tracker.ts" },
  outdir: "dist/browser",
  outExtension: { ".js": ".txt" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
  logLevel: "warning",
});

await buildDashboard();
