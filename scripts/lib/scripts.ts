// Bundles the browser scripts to dist/browser: *.txt, because that is what the Worker can import as text, with their
// source maps, and a manifest that says what each is called, hashes to and weighs.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { minify } from "terser";
import { root } from "../install.ts";
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
/** For bundlers: the package's entry, and what it evaluates where there is a page. */
const MODULE = { name: "module.js", entry: "src/web/tracker/module.ts", inPage: "src/web/tracker/in-page.ts" };

/** Tells bundlers not to resolve the lazy files, which are on another server. Added here: a minifier drops comments of the source. */
const UNBUNDLED = "import(/* webpackIgnore: true */ /* @vite-ignore */ ";

/**
 * Properties that only the tracker and acts.js know, and the letter each becomes; on the wire they are not. Some are in
 * what a page leaves on the device for the next, maybe of another version: a letter once given stays.
 */
const SHORT_NAMES = Object.fromEntries(
  Object.entries({
    until: "a",
    failures: "b",
    finish: "c",
    place: "d",
    items: "e",
    bytes: "f",
    number: "g",
    batch: "h",
    gather: "i",
    consented: "j",
    clean: "k",
    leaving: "l",
    look: "m",
    socket: "n",
    device: "o",
    held: "p",
    url: "q",
    last: "r",
    drops: "s",
    refuses: "t",
    bound: "u",
    settle: "v",
    move: "w",
    answered: "x",
    ledBy: "y",
    told: "z",
  }).map(([name, letter]) => [`$${name}`, letter]),
);
/** Files in which those names are shortened. The others keep their names: they are not ours, or a server or page reads them. */
const SHORTENED = ["tracker.js", "pulse.js", "module.js", "acts.js", "domain.js"];
const OWN_NAMES = new RegExp(
  `^(${Object.keys(SHORT_NAMES)
    .map((name) => name.slice(1))
    .join("|")})$`,
);

/**
 * FingerprintJS writes a frame's document as text. A page that requires Trusted Types refuses and reports that. A blank frame
 * measures just as well: the document would only add a viewport for phones.
 */
const blankFrames: Plugin = {
  name: "blank-frames",
  setup({ onLoad }) {
    onLoad({ filter: /fingerprintjs.dist.fp\.esm\.js$/ }, ({ path }) => {
      const [before, after, ...more] = readFileSync(path, "utf8").split("initialHtml && 'srcdoc' in iframe");
      if (after === undefined || more.length > 0)
        throw new Error(`${path} sets a frame's document in another way now.`);
      return { contents: `${before}false${after}`, loader: "js" };
    });
  },
};

/**
 * An eighth of rrweb's file records drawings on a canvas, with a worker as text. That is never used, because a canvas may show
 * what was typed. An empty class replaces it, with the methods that the rest calls.
 */
const withoutCanvas: Plugin = {
  name: "without-canvas",
  setup({ onLoad }) {
    onLoad({ filter: /@rrweb.record.dist.record\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const start = text.indexOf('var chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ');
      const end = text.indexOf("class StylesheetManager {");
      if (start < 0 || end < start || !text.slice(start, end).includes("class CanvasManager {"))
        throw new Error(`${path} records canvases in another way now.`);
      const nothing = ["reset", "freeze", "unfreeze", "lock", "unlock"].map((name) => `${name}() {}`).join(" ");
      return {
        contents: `${text.slice(0, start)}class CanvasManager { ${nothing} }\n${text.slice(end)}`,
        loader: "js",
      };
    });
  },
};

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

/** Writes all of them. */
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
  const { outputFiles } = await build({ ...bundling(name, inPage, "iife", define), globalName: "page" });
  const page = outputFiles?.find(({ path }) => path.endsWith(name))?.text;
  const banner = `const openInPage = () => { ${page} return page.inPage; };`;
  const module = await bundle(name, entry, "esm", define, banner);
  return { ...module, code: module.code.replaceAll("import(", UNBUNDLED) };
}

/** Version and hash of each script below a prefix, where the Worker puts other names into the text. */
async function neutralOf(scripts: Script[], lazyVersion: string) {
  const { neutralText }: typeof import("../../src/edge/http/neutral.ts") = await loadSource("src/edge/http/neutral.ts");
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

function bundleAll(
  entries: Record<string, string>,
  format: "esm" | "iife",
  define: Record<string, string>,
): Promise<Script[]> {
  return Promise.all(Object.entries(entries).map(([name, entry]) => bundle(name, entry, format, define)));
}

const bundling = (name: string, entry: string, format: "esm" | "iife", define: Record<string, string>) =>
  ({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `${OUT}/${name}`,
    write: false,
    bundle: true,
    define,
    // A "use strict" of its own would only weigh: the code is the same in sloppy mode.
    format,
    target: "es2020",
    minify: true,
    tsconfigRaw: { compilerOptions: {} },
    sourcemap: "external",
    legalComments: "none",
    logLevel: "warning",
    plugins: [blankFrames, withoutCanvas],
  }) satisfies BuildOptions;

/** esbuild bundles, terser minifies: together a tenth smaller than either alone. */
async function bundle(
  name: string,
  entry: string,
  format: "esm" | "iife",
  define: Record<string, string>,
  banner = "",
): Promise<Script> {
  const nameCache = { props: { props: { ...SHORT_NAMES } } };
  const { outputFiles = [], metafile } = await build({
    ...bundling(name, entry, format, define),
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
      hoist_funs: true,
      // Mostly a template of one value, as a sum. It takes the page's built-ins for the language's own, as this code does.
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
