// `npm run try:recorder`: types into real component libraries and editors, and looks for it in what the recorder sends.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { launch, needChromium } from "../test/local/chromium.ts";
import { root, run } from "./install.ts";
import { TRIALS, type Trial } from "./trials/libraries.ts";
import { openPage } from "./trials/page.ts";

const HELP = `npm run try:recorder [-- <name> …] [-- --folder <folder>]

Installs component libraries and editors from npm into a folder (by default one that goes again), types into each of them on a
page in Chromium that is recorded, and looks for what was typed in every chunk that the recorder sends. Ends with 1 if it finds any.
  <name>    only those whose names have it: ${TRIALS.map(({ name }) => name).join(", ")}
  --folder  keeps what is installed there, for the next time`;

/** None of them, nor its first five letters, occurs anywhere by accident. */
const TYPED = ["Qzhunter2Vy81", "Wxremov7Kk55", "Jvscript9Pu66", "Yqzebra8Mn44"];

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}
const at = args.indexOf("--folder");
const kept = at < 0 ? undefined : args.splice(at, 2)[1];
const wanted = TRIALS.filter(({ name }) => args.length === 0 || args.some((one) => name.includes(one)));
if (wanted.length === 0) {
  console.error(`No trial is called ${args.join(" or ")}. There are ${TRIALS.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
needChromium();
run(process.execPath, ["scripts/build.ts"]);
const folder = kept ?? mkdtempSync(join(tmpdir(), "pulsegate-trials-"));
let told = 0;
try {
  install(wanted.flatMap(({ packages }) => packages));
  const browser = await launch();
  for (const trial of wanted) if (!(await isQuiet(browser, trial))) told++;
  await browser.close();
} finally {
  if (!kept) rmSync(folder, { recursive: true, force: true });
}
process.exit(told === 0 ? 0 : 1);

function install(packages: string[]) {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }');
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  const { status } = spawnSync("npm", ["install", ...options, ...packages], { cwd: folder, stdio: "inherit" });
  if (status !== 0) throw new Error(`npm could not install ${packages.join(" ")}.`);
}

/** Prints the result in a line. @returns False if typed text was sent, or if nothing was typed at all. */
async function isQuiet(browser: Browser, { name, code, html, into }: Trial) {
  const { script, styles } = await bundle(code);
  const recorder = readFileSync(`${root}dist/browser/recorder.js.txt`, "utf8");
  const body = `<style>${styles}</style>${html}<script src="/page.js"></script>`;
  const page = await openPage(browser, { body, script, recorder });
  try {
    for (const [i, selector] of into.entries()) {
      await page.click(selector);
      await page.type(TYPED[i] ?? "");
    }
    await page.type(`\n${TYPED[3]}`);
    const shown = await page.shows(TYPED[0] ?? "");
    const { sent, events } = await page.leave();
    const found = TYPED.filter((typed) => sent.toLowerCase().includes(typed.toLowerCase().slice(0, 5)));
    const isGood = shown && found.length === 0;
    const what = found.length > 0 ? `has ${found.join(", ")}` : shown ? "has nothing of it" : "was not typed into";
    console.log(`${isGood ? "ok  " : "FAIL"} ${name}: ${what} (${events} events)`);
    return isGood;
  } catch (error) {
    console.log(`FAIL ${name}: ${String(error).split("\n")[0]}`);
    return false;
  } finally {
    await page.close();
  }
}

async function bundle(code: string) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    write: false,
    outdir: folder,
    format: "iife",
    logLevel: "error",
    loader: { ".ttf": "dataurl", ".svg": "text" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  return { script: text(".js"), styles: text(".css") };
}
