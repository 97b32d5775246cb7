// @ts-check
// Builds the dashboard to dist/assets: the page at /dashboard, what it loads under /dashboard/, and their headers.
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../src/dashboard/", import.meta.url));
const outDir = fileURLToPath(new URL("../../dist/assets/", import.meta.url));

export async function buildDashboard() {
  await build({
    configFile: false,
    root,
    base: "/",
    logLevel: "warn",
    // Inlined files would be `data:` URLs, and the preload helper is of no use to a browser with modules.
    build: {
      outDir,
      emptyOutDir: true,
      assetsDir: "dashboard",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: "es2022",
      reportCompressedSize: false,
      rollupOptions: { input: `${root}dashboard.html` },
    },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  });
  await copyFile(`${root}headers.txt`, `${outDir}_headers`);
}
