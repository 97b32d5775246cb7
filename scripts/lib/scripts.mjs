// @ts-check
// Bundles the browser scripts to dist/browser: *.txt, because that is what the Worker can import as text, with their
// source maps, and a manifest that says what each is called, hashes to and weighs.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";
import { root } from "../install.mjs";
import { loadSource } from "./source.mjs";

const OUT = `${root}dist/browser`;

/** Loaded after idle, or where the page has what it is for, with `import()`: ES modules. */
const LAZY = {
  "acts.js": "src/web/tracker/lazy/acts/index.ts",
  "domain.js": "src/web/tracker/lazy/domain/index.ts",
  "consent.js": "src/web/tracker/lazy/consent/index.ts",
  "fingerprint.js": "src/web/tracker/lazy/fingerprint.ts",
  "lead.js": "src/web/tracker/lazy/lead/index.ts",
  "recorder.js": "src/web/tracker/lazy/recorder/index.ts",
  "vitals.js": "src/web/tracker/lazy/vitals/index.ts",
};
/** What a page's tag names. */
const SCRIPTS = {
  "tracker.js": "src/web/tracker/tracker.ts",
  "form.js": "src/web/tracker/form.ts",
  "pulse.js": "src/web/tracker/pulse.ts",
};
/** For bundlers: the package's entry, and what it evaluates where there is a page. */
const MODULE = { name: "module.js", entry: "src/web/tracker/module.ts", inPage: "src/web/tracker/in-page.ts" };

/** Bundlers are to leave the lazy files to the page: they are on another server. Minifiers would drop a comment in the source. */
const UNBUNDLED = "import(/* webpackIgnore: true */ /* @vite-ignore */ ";

/**
 * Properties that only the tracker and acts.js know, and the letter that each gets: the two files are built apart and have to
 * agree. Never a property that is on the wire or in the public API. Queues on a device are read by later versions, so the
 * letters of `place`, `items`, `bytes`, `number`, `last` and `held` stay for ever.
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
    addressFacts: "z",
    // Objects that have none of the names above, so a letter may be used again: `AddressFacts`, and what is lent to acts.js.
    campaignQuery: "r",
    shownView: "n",
    options: "s",
    plug: "r",
    pageName: "q",
    recordEvent: "p",
    cleanUrl: "o",
    addHook: "n",
    emit: "m",
    consentNow: "l",
    restart: "k",
    flushQueue: "j",
    read: "i",
    write: "h",
    memory: "g",
    streams: "f",
    retry: "e",
    enter: "d",
    forgetSession: "c",
    keepAll: "b",
    changeConsent: "a",
    mayStore: "t",
  }).map(([name, letter]) => [`$${name}`, letter]),
);
/** The files that have those names; what others have written, and what talks to the server or to a page, keeps its own. */
const SHORTENED = ["tracker.js", "pulse.js", "module.js", "acts.js", "domain.js"];
const OWN_NAMES = new RegExp(
  `^(${Object.keys(SHORT_NAMES)
    .map((name) => name.slice(1))
    .join("|")})$`,
);

/**
 * FingerprintJS writes a frame's document as text, which a page that requires Trusted Types refuses, and reports. The
 * frame is measured just as well when it is blank: what that document adds is a viewport for phones.
 * @type {import("esbuild").Plugin}
 */
const blankFrames = {
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
 * rrweb brings what records drawings on a canvas, with a worker as text: an eighth of the file, and nothing that is ever
 * asked for, because a canvas may show what was typed. In its place is what the rest of it calls.
 * @type {import("esbuild").Plugin}
 */
const withoutCanvas = {
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

/** @typedef {{ name: string, code: string, map: string, version: string, integrity: string, bytes: number, brotli: number, parts: Record<string, number> }} Script */

/** Writes all of them. */
export async function buildScripts() {
  mkdirSync(OUT, { recursive: true });
  const lazy = await bundleAll(LAZY, "esm", {});
  // One address for all of them: a tracker knows the files it was built with, and no others.
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
  // Apart from the manifest, which the Worker has in it.
  const parts = Object.fromEntries(scripts.map((script) => [script.name, script.parts]));
  writeFileSync(`${OUT}/parts.json`, JSON.stringify(parts, null, 2));
  writeFileSync(`${OUT}/manifest.txt`, JSON.stringify(Object.fromEntries(facts), null, 2));
}

/** @param {Record<string, string>} define */
async function bundleModule(define) {
  const { name, entry, inPage } = MODULE;
  const { outputFiles } = await build({ ...bundling(name, inPage, "iife", define), globalName: "page" });
  const page = outputFiles?.find(({ path }) => path.endsWith(name))?.text;
  const banner = `const openInPage = () => { ${page} return page.inPage; };`;
  const module = await bundle(name, entry, "esm", define, banner);
  return { ...module, code: module.code.replaceAll("import(", UNBUNDLED) };
}

/**
 * What the scripts go by below a prefix, where the Worker puts other names in their texts: version and hash of each.
 * @param {Script[]} scripts
 * @param {string} lazyVersion
 */
async function neutralOf(scripts, lazyVersion) {
  /** @type {typeof import("../../src/edge/http/neutral.ts")} */
  const { neutralText } = await loadSource("src/edge/http/neutral.ts");
  /** @param {string} code @param {string} version */
  const textOf = (code, version) => neutralText(code, [`/v/${lazyVersion}/`, `/v/${version}/`]);
  const isLazy = (/** @type {string} */ name) => Object.hasOwn(LAZY, name);
  const lazy = scripts.filter(({ name }) => isLazy(name)).map(({ code }) => textOf(code, ""));
  const version = hash(lazy.join(""));
  return Object.fromEntries(
    scripts.map(({ name, code }) => {
      const text = textOf(code, version);
      return [name, { version: isLazy(name) ? version : hash(text), integrity: integrityOf(text) }];
    }),
  );
}

/**
 * @param {Record<string, string>} entries
 * @param {"esm" | "iife"} format
 * @param {Record<string, string>} define
 * @returns {Promise<Script[]>}
 */
function bundleAll(entries, format, define) {
  return Promise.all(Object.entries(entries).map(([name, entry]) => bundle(name, entry, format, define)));
}

/**
 * @param {string} name
 * @param {string} entry
 * @param {"esm" | "iife"} format
 * @param {Record<string, string>} define
 */
const bundling = (name, entry, format, define) =>
  /** @satisfies {import("esbuild").BuildOptions} */ ({
    ...{ absWorkingDir: root, entryPoints: [entry], outfile: `${OUT}/${name}`, write: false, bundle: true, define },
    // A "use strict" of its own would only weigh: the code is the same in sloppy mode.
    ...{ format, target: "es2020", minify: true, tsconfigRaw: { compilerOptions: {} } },
    ...{ sourcemap: "external", legalComments: "none", logLevel: "warning" },
    plugins: [blankFrames, withoutCanvas],
  });

/**
 * esbuild bundles, terser makes it small: together a tenth smaller than either.
 * @param {string} name
 * @param {string} entry
 * @param {"esm" | "iife"} format
 * @param {Record<string, string>} define
 * @param {string} [banner]
 * @returns {Promise<Script>}
 */
async function bundle(name, entry, format, define, banner = "") {
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
    ...{ module: true, ecma: 2020 },
    ...(SHORTENED.includes(name) && { mangle: { properties: { regex: OWN_NAMES, builtins: true } }, nameCache }),
    compress: {
      ...{ ecma: 2020, passes: 4, inline: 3, keep_fargs: false, pure_getters: true },
      ...{ unsafe_arrows: true, unsafe_methods: true, hoist_funs: SHORTENED.includes(name) },
      // Mostly a template of one value, as a sum. It takes the page's built-ins for the language's own, as this code does.
      ...{ unsafe: SHORTENED.includes(name), unsafe_math: SHORTENED.includes(name), lhs_constants: false },
    },
    sourceMap: { content: map ?? "", filename: name, includeSources: true },
  });
  const integrity = integrityOf(code);
  return { name, code, map: String(minifiedMap), version: hash(code), integrity, ...sizes(code), parts };
}

/** For a tag's `integrity`. @param {string} code */
const integrityOf = (code) => `sha384-${createHash("sha384").update(code).digest("base64")}`;

/** @param {string} code */
function sizes(code) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return { bytes: Buffer.byteLength(code), brotli: brotliCompressSync(code, { params }).length };
}

/** @param {string} text */
function hash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
