// Builds the dashboard to dist/assets: the page at /dashboard, what it loads under /dashboard/, and their headers.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("../../src/web/dashboard/", import.meta.url));
const outDir = fileURLToPath(new URL("../../dist/assets/", import.meta.url));
/** The notices of others' licences have to be served with their code. */
const notices = fileURLToPath(new URL("../../THIRD-PARTY.txt", import.meta.url));
/** What `npm run size` reads. It is not among the assets, which are served. */
const report = fileURLToPath(new URL("../../dist/dashboard.json", import.meta.url));

/** The view that the page opens with. */
const FIRST_VIEW = "overview";

type OutputChunk = import("vite").Rolldown.OutputChunk;

export async function buildDashboard() {
  const built = await build({
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
  await copyFile(notices, `${outDir}third-party.txt`);
  if ("output" in built) await writeFile(report, JSON.stringify({ first: await firstView(built.output) }));
}

/** The files a visitor's browser loads until the first view is there, and their size by brotli at its best. */
async function firstView(output: readonly { type: string; fileName: string }[]) {
  const chunks = output.filter(({ type }) => type === "chunk") as OutputChunk[];
  const wanted = chunks.filter(({ isEntry, name }) => isEntry || name === FIRST_VIEW);
  const files = new Set(["dashboard.html"]);
  const add = (chunk: OutputChunk) => {
    if (files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
    for (const name of chunk.imports) for (const one of chunks) if (one.fileName === name) add(one);
  };
  for (const chunk of wanted) add(chunk);
  let brotli = 0;
  for (const file of files) {
    const text = await readFile(`${outDir}${file}`);
    brotli += brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
  return { files: [...files].sort(), brotli };
}
