// Builds the player of recorded pages to dist/assets: a document of its own at /player, with a policy of its own.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../src/web/dashboard/player/", import.meta.url));
const outDir = fileURLToPath(new URL("../../dist/assets/", import.meta.url));

/** Run it after the build of the dashboard, which empties the folder. */
export async function buildPlayer() {
  await build({
    configFile: false,
    root,
    base: "/",
    logLevel: "warn",
    build: {
      outDir,
      emptyOutDir: false,
      assetsDir: "player",
      assetsInlineLimit: 0,
      target: "es2022",
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000,
      rollupOptions: { input: `${root}player.html` },
    },
  });
}
