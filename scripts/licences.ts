// `npm run licences`: makes THIRD-PARTY.txt, which says whose work is in what is deployed, and what their licences ask to be said.
// Every server has it at /third-party.txt.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isPermissive } from "./dependencies/permissive.ts";
import { root } from "./install.ts";
import { type Bundled, bundledPackages } from "./licences/bundled.ts";
import { ALSO_ALLOWED, DATA, HOLDERS, INSIDE, OWN_DATA, type Part, TEXTS } from "./licences/known.ts";

const FILE = "THIRD-PARTY.txt";

const HELP = `npm run licences [-- --check] [-- --list]

Writes ${FILE}: every package in the Worker, in the scripts for pages and in the dashboard, transitive ones too, and the sources of
the tables, each with its licence and what that asks to be said.
  --check  writes nothing: ends with 1 where ${FILE} is not what is bundled, a licence is not permissive, its text is missing,
           or a table has a source that nobody has named
  --list   prints a line for each instead
  --help   this text`;

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const packages = await bundledPackages();
const parts = INSIDE.flatMap(({ parts }) => parts);
const sources = DATA.flatMap(({ sources }) => sources);
const faults = [...packages.flatMap(faultsOf), ...INSIDE.flatMap(faultsInside), ...faultsOfData()];

if (values.list) {
  for (const { name, version, licence, within } of packages)
    console.log(`${name} ${version}: ${licence} (${within.join(", ")})`);
  for (const { name, licence } of [...parts, ...sources]) console.log(`${name}: ${licence}`);
} else if (values.check) {
  if (readFileSync(join(root, FILE), "utf8") !== pageOf())
    faults.push(`${FILE} is not what is bundled: npm run licences.`);
} else {
  writeFileSync(join(root, FILE), pageOf());
  console.log(
    `${FILE}: ${packages.length} packages, ${parts.length} parts of them, ${sources.length} sources of tables.`,
  );
}
for (const line of faults) console.error(line);
process.exit(faults.length > 0 ? 1 : 0);

function faultsOf({ name, licence, files }: Bundled) {
  const isSaid = files.length > 0 || (HOLDERS[name] !== undefined && TEXTS[licence] !== undefined);
  return [
    ...(isPermissive(licence) ? [] : [`${name} is under ${licence || "no licence"}, which is not permissive.`]),
    ...(isSaid ? [] : [`${name} has no text of its licence: name its holder in scripts/licences/known.ts.`]),
  ];
}

function faultsInside({ of, version, parts }: { of: string; version: string; parts: Part[] }) {
  const found = packages.find(({ name }) => name === of);
  const wrong = parts.filter(
    ({ name, licence }) =>
      !isPermissive(licence) && Object.entries(ALSO_ALLOWED).every(([n, l]) => n !== name || l !== licence),
  );
  return [
    ...(found?.version === version
      ? []
      : [
          `${of} is ${found?.version ?? "not bundled"}, and scripts/licences/known.ts knows what is inside of ${version}.`,
        ]),
    ...wrong.map(({ name, licence }) => `${name} is under ${licence}, which is not permissive.`),
  ];
}

/** Each table is somebody's, or our own; each source's name and version stand in its first line. */
function faultsOfData() {
  const tables = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".txt"))
    .map((file) => `src/${file}`);
  const unknown = tables.filter((file) => !OWN_DATA.includes(file) && !DATA.some((one) => one.file === file));
  return [
    ...unknown.map((file) => `scripts/licences/known.ts does not say whose data is in ${file}.`),
    ...DATA.flatMap(({ file, sources }) => {
      const [head = ""] = readFileSync(join(root, file), "utf8").split("\n", 1);
      const named = head.match(/[@a-z][\w@/-]*@\d[\w.]*/g) ?? [];
      return [
        ...sources
          .filter(({ source }) => !head.includes(source))
          .map(({ source }) => `${file} is not made of ${source}.`),
        ...named
          .filter((one) => !sources.some(({ source }) => one.startsWith(source)))
          .map((one) => `scripts/licences/known.ts does not name ${one}, of which ${file} is made.`),
      ];
    }),
  ];
}

function pageOf() {
  const line = "-".repeat(100);
  const head = `Others' work in PulseGate

Made by \`npm run licences\`. PulseGate itself is under the MIT licence, see LICENSE. What is built of it, the Worker, the scripts for
pages and the dashboard, has in it the packages and data below.
`;
  const texts = packages.map(
    ({ name, version, licence, files, within }) =>
      `${name} ${version} (${licence}), in: ${within.join(", ")}\n\n${files.length > 0 ? files.join("\n\n") : ownText(name, licence)}\n`,
  );
  const swallowed = INSIDE.flatMap(({ of, parts }) =>
    parts.map(({ name, licence, notice }) => `${name} (${licence}), in: ${of}\n\n${withText(notice, licence)}\n`),
  );
  const data = DATA.flatMap(({ file, sources }) =>
    sources.map(({ name, licence, notice }) => `${name} (${licence}), in: ${file}\n\n${withText(notice, licence)}\n`),
  );
  return `${[head, ...texts, ...swallowed, ...data].join(`${line}\n`)}`;
}

function ownText(name: string, licence: string) {
  return withText(HOLDERS[name] ?? "", licence);
}

function withText(notice: string, licence: string) {
  const text = TEXTS[licence];
  return text === undefined ? notice : `${notice}\n\n${text}`;
}
