// Bundles the browser scripts to dist/browser: *.txt, because that is what the Worker can import as text, with their
// source maps, and a manifest with the name, hash and size of each.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { minify } from "terser";
import { root } from "../install.ts";
import { blankFrames, withoutCanvas } from "./script-plugins.ts";
import { OWN_NAMES, SHORT_NAMES, SHORTENED } from "./short-names.ts";
import { loadSource } from "./source.ts";

const OUT = `${root}dist/browser`;

/** ES modules that a page loads with `import()`, when it is idle or has a use for them. */
const LAZY = {
  "acts.js": "src/web/tracker/lazy/acts/index.ts",
  "domain.js": "src/web/tracker/lazy/domain/index.ts",
  "consent.js": "src/web/tracker/lazy/consent/index.ts",
  "fingerprint.js": "src/web/tracker/lazy/fingerprint.ts",
  "lead.js": "src/web/tracker/lazy/lead/index.ts",
  "recorder.js": "src/web/tracker/lazy/recorder/index.ts",
  "vitals.js": "src/web/tracker/lazy/vitals/index.ts",
};
/** Scripts that a page's tag names. */
const SCRIPTS = {
  "tracker.js": "src/web/tracker/tracker.ts",
  "form.js": "src/web/tracker/form.ts",
  "pulse.js": "src/web/tracker/pulse.ts",
};
/** For bundlers: the package's entry, and what it evaluates if there is a page. */
const MODULE = { name: "module.js", entry: "src/web/tracker/module.ts", inPage: "src/web/tracker/in-page.ts" };

/**
 * Tells bundlers not to resolve the lazy files, which are on another server. It is added here, because a minifier drops comments of
 * the source.
 */
const UNBUNDLED = "import(/* webpackIgnore: true */ /* @vite-ignore */ ";

/** A file to build. */
interface Wanted {
  name: string;
  /** Its source. */
  entry: string;
  format: "esm" | "iife";
  define: Record<string, string>;
  /** Code in front of it. */
  banner?: string;
}

interface Script {
  name: string;
  code: string;
  map: string;
  version: string;
  integrity: string;
  bytes: number;
  brotli: number;
  parts: Record<string, number>;
}

/** Builds all scripts, and writes them to dist/browser. */
export async function buildScripts() {
  mkdirSync(OUT, { recursive: true });
  const lazy = await bundleAll(LAZY, "esm", {});
  // They share one version: a tracker loads only the files that it was built with.
  const lazyVersion = hash(lazy.map(({ code }) => code).join(""));
  for (const script of lazy) script.version = lazyVersion;
  const define = { LAZY_PATH: JSON.stringify(`/v/${lazyVersion}/`) };
  const scripts = [...lazy, ...(await bundleAll(SCRIPTS, "iife", define))];
  const module = await bundleModule(define);

  for (const { name, code, map } of scripts) {
    writeFileSync(`${OUT}/${name}.txt`, code);
    writeFileSync(`${OUT}/${name}.map.txt`, map);
  }
  writeFileSync(`${OUT}/${module.name}`, module.code);
  const neutral = await neutralOf(scripts, lazyVersion);
  const facts = scripts.map(({ name, code: _, map: __, parts: ___, ...rest }) => [
    name,
    { ...rest, neutral: neutral[name] },
  ]);
  // Not in the manifest, which the Worker carries.
  const parts = Object.fromEntries(scripts.map((script) => [script.name, script.parts]));
  writeFileSync(`${OUT}/parts.json`, JSON.stringify(parts, null, 2));
  writeFileSync(`${OUT}/manifest.txt`, JSON.stringify(Object.fromEntries(facts), null, 2));
}

async function bundleModule(define: Record<string, string>) {
  const { name, entry, inPage } = MODULE;
  const { outputFiles } = await build({
    ...bundling({ name, entry: inPage, format: "iife", define }),
    globalName: "page",
  });
  const page = outputFiles?.find(({ path }) => path.endsWith(name))?.text;
  const banner = `const openInPage = () => { ${page} return page.inPage; };`;
  const module = await bundle({ name, entry, format: "esm", define, banner });
  return { ...module, code: module.code.replaceAll("import(", UNBUNDLED) };
}

/** Version and hash of each script below a prefix: the Worker puts other names into its text there. */
async function neutralOf(scripts: Script[], lazyVersion: string) {
  const { neutralText }: typeof import("../../src/edge/http/neutral-names.ts") = await loadSource(
    "src/edge/http/neutral-names.ts",
  );
  const textOf = (code: string, version: string) => neutralText(code, [`/v/${lazyVersion}/`, `/v/${version}/`]);
  const isLazy = (name: string) => Object.hasOwn(LAZY, name);
  const lazy = scripts.filter(({ name }) => isLazy(name)).map(({ code }) => textOf(code, ""));
  const version = hash(lazy.join(""));
  return Object.fromEntries(
    scripts.map(({ name, code }) => {
      const text = textOf(code, version);
      return [name, { version: isLazy(name) ? version : hash(text), integrity: integrityOf(text) }];
    }),
  );
}

function bundleAll(entries: Record<string, string>, format: Wanted["format"], define: Wanted["define"]) {
  return Promise.all(Object.entries(entries).map(([name, entry]) => bundle({ name, entry, format, define })));
}

const bundling = ({ name, entry, format, define }: Wanted) =>
  ({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `${OUT}/${name}`,
    write: false,
    bundle: true,
    define,
    format,
    target: "es2020",
    minify: true,
    // Without our tsconfig, whose `strict` adds a "use strict": it only weighs, because the code does the same without it.
    tsconfigRaw: { compilerOptions: {} },
    sourcemap: "external",
    legalComments: "none",
    logLevel: "warning",
    plugins: [blankFrames, withoutCanvas],
  }) satisfies BuildOptions;

/** esbuild bundles, terser minifies: together a tenth smaller than either alone. */
async function bundle(wanted: Wanted): Promise<Script> {
  const { name, banner = "" } = wanted;
  const nameCache = { props: { props: { ...SHORT_NAMES } } };
  const { outputFiles = [], metafile } = await build({
    ...bundling(wanted),
    banner: { js: banner },
    metafile: true,
  });
  const inputs = Object.entries(metafile.outputs).find(([path]) => path.endsWith(name))?.[1].inputs ?? {};
  const parts = Object.fromEntries(Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
  const [map, bundled] = outputFiles.sort((a, b) => b.path.length - a.path.length).map(({ text }) => text);
  const { code = "", map: minifiedMap } = await minify(bundled ?? "", {
    // Each file is a scope of its own, an iife or a module: any top-level name may change.
    module: true,
    ecma: 2020,
    ...(SHORTENED.includes(name) && { mangle: { properties: { regex: OWN_NAMES, builtins: true } }, nameCache }),
    compress: {
      ecma: 2020,
      passes: 4,
      inline: 3,
      keep_fargs: false,
      pure_getters: true,
      unsafe_arrows: true,
      unsafe_methods: true,
      hoist_funs: SHORTENED.includes(name),
      // Mostly turns a template of one value into a sum. Like our code it trusts the page's built-ins.
      unsafe: SHORTENED.includes(name),
      unsafe_math: SHORTENED.includes(name),
      lhs_constants: false,
    },
    sourceMap: { content: map ?? "", filename: name, includeSources: true },
  });
  const integrity = integrityOf(code);
  return { name, code, map: String(minifiedMap), version: hash(code), integrity, ...sizes(code), parts };
}

/** For a tag's `integrity`. */
const integrityOf = (code: string) => `sha384-${createHash("sha384").update(code).digest("base64")}`;

function sizes(code: string) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return { bytes: Buffer.byteLength(code), brotli: brotliCompressSync(code, { params }).length };
}

function hash(text: string) {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
