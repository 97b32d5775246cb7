// `npm run pack`: the tracker as a package for bundlers, in a folder that holds exactly what it exports.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { root, run } from "./install.ts";

const FOLDER = "dist/package";

const HELP = `npm run pack

Builds the scripts for pages, and writes the npm package \`pulsegate\` to ${FOLDER}: the tracker with its types, for bundlers. Then
\`npm pack ./${FOLDER}\` makes a file of it, and \`npm publish ./${FOLDER}\` publishes it.`;

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

/** The package's files, and where each is from. */
const FILES = {
  "index.js": "dist/browser/module.js",
  "index.d.ts": "src/web/tracker/public.d.ts",
  "README.md": "scripts/pack/README.md",
  LICENSE: "LICENSE",
  "THIRD-PARTY.txt": "THIRD-PARTY.txt",
};

run(process.execPath, ["scripts/build.ts"]);
rmSync(`${root}${FOLDER}`, { recursive: true, force: true });
mkdirSync(`${root}${FOLDER}`, { recursive: true });
for (const [name, from] of Object.entries(FILES)) copyFileSync(`${root}${from}`, `${root}${FOLDER}/${name}`);

const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
  readFileSync(`${root}package.json`, "utf8"),
);
const entry = { types: "./index.d.ts", default: "./index.js" };
const about = {
  name,
  version,
  license,
  description: "PulseGate's tracker for pages, as a module.",
  type: "module",
  sideEffects: false,
  main: "./index.js",
  types: "./index.d.ts",
  // The second is the entry's name in versions that had no package.
  exports: { ".": entry, "./browser": entry },
  files: Object.keys(FILES),
};
writeFileSync(`${root}${FOLDER}/package.json`, `${JSON.stringify(about, null, 2)}\n`);
console.log(`${FOLDER}: ${name} ${version}`);
