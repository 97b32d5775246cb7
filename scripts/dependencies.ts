// `npm run docs:dependencies`: makes docs/dependencies.md: each package with its licence, size, last release, and what it is for.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isPermissive } from "./dependencies/permissive.ts";
import { WHAT_FOR } from "./dependencies/what-for.ts";
import { root } from "./install.ts";

const PAGE = "docs/dependencies.md";
/** Not permissive, and only used in tests: nothing of it is in what is built. */
const TESTS_ONLY = { "@ghostery/adblocker": "MPL-2.0", "axe-core": "MPL-2.0" };

const HELP = `npm run docs:dependencies [-- --check]

Writes ${PAGE} from package.json, what is installed, and the registry (for the dates of releases).
  --check  writes nothing and asks nobody: ends with 1 where the page does not name each dependency in its version and with
           its licence, or where a licence is not permissive
  --help   this text`;

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const NOTES = `## Notes

- **What is deployed** has transitive packages in it too, and data of others: [THIRD-PARTY.txt](../THIRD-PARTY.txt), made by
  \`npm run licences\` from what is bundled.
- **Node**: 22.18 or newer runs the tools. Where an older one is installed, the commands fetch Node 24 from the registry (the package
  \`node\`, MIT, 190 MB) into \`.node\`, once.
- **@cloudflare/vitest-pool-workers** goes on under the name \`@cloudflare/vitest-plugin\`; 0.23 is the last under this one, and says so
  at each start. It brings a wrangler and a Miniflare of its own; \`overrides\` in package.json give them the same workerd as all
  others have, so that tests run on the runtime that is deployed to. It serves modules to the registry that was workerd's default
  until autumn 2026: tests ask for that one with the flag \`legacy_module_registry\`; the deployed Worker does not.
- **User agents** are read by our own files, with isbot for bots: bowser, my-ua-parser and device-detector-js were judged, see
  [decision 13](decisions/0013-agents-are-read-by-our-own-file.md).
- **@remix-run/multipart-parser** (with @remix-run/headers, MIT) gives each part's bytes and head. The runtime's own
  \`Response.formData()\` reads every part as UTF-8, and loses the letters of forms in other charsets.
- **Addresses** are read by our own file (\`src/core/network/address.ts\`, 50 lines). ipaddr.js (MIT, 9 kB) takes \`::203.0.113.77\` for a mapped
  IPv4 address and \`::1%eth0\` for an address; what is stored and limited would change. It is CommonJS, too.
- **Accept** is read by ten lines. negotiator (MIT, 13 kB) has \`text/csv; charset=utf-8\` match nothing unless that parameter is offered.
- **CSV** is written by ten lines, with a guard against formulas. csv-stringify (MIT, 32 kB) has no guard for a formula behind a blank.
- **countries-list** gives the codes of three letters (3 kB), which \`Intl\` does not have; the names in other languages come from \`Intl\`,
  which the runtime brings. i18n-iso-countries (MIT) has the same names again, in files of 1 MB; iso-3166-1 (MIT) knows English only.
- **libphonenumber-js** is used with its full metadata (145 kB of source): the lesser one does not know landlines from mobiles, and reads
  \`33612345678\`, sent from Germany, as a landline there.
- **Lists of mail domains** are data that \`scripts/email-domains.ts\` takes from free-email-domains (MIT) and email-providers (ISC), with
  what they lack kept by hand. freemail (ISC) and @mikkelscheike/email-provider-links (MIT) are what their recall is measured with.
  free-email-domains-list (MIT) was refused: of its 96,000 names most are throw-away, and att.com, twitter.com and stanford.edu are
  among them; personal-email-domains (MIT) makes up names such as \`husmail.fk\`.
- **@ghostery/adblocker** reads the syntax of filter lists. No package has EasyPrivacy as a list that it reads. @adguard/dnr-rulesets
  (GPL-3.0) has others' rules for another interface of browsers. Tests have rules of EasyPrivacy's kinds, written by hand.
- **The documentation's site** has packages of its own, installed by its first \`npm run docs\`; see docs/package.json.`;

interface Dependency {
  name: string;
  version: string;
  licence: string;
  bytes: number;
  use: string;
}

const manifest = read("package.json");
const groups = [
  { title: "In what is deployed", names: Object.keys(manifest.dependencies) },
  { title: "For building, testing and measuring", names: Object.keys(manifest.devDependencies) },
].map(({ title, names }) => ({ title, dependencies: names.sort().map(described) }));
const all = groups.flatMap(({ dependencies }) => dependencies);

const wrong = all.flatMap(({ name, licence, use }) => [
  ...(isAllowed(name, licence) ? [] : [`${name} is under ${licence}, which is not permissive.`]),
  ...(use === "" ? [`scripts/dependencies/what-for.ts does not say what ${name} is for.`] : []),
]);
if (values.check) {
  const page = readFileSync(join(root, PAGE), "utf8");
  const missing = all.filter(({ name, version, licence }) => !page.includes(rowStart(name, version, licence)));
  wrong.push(
    ...missing.map(({ name, version }) => `${PAGE} does not have ${name} ${version}: npm run docs:dependencies.`),
  );
} else {
  writeFileSync(join(root, PAGE), pageOf());
  console.log(`${PAGE}: ${all.length} dependencies.`);
}
for (const line of wrong) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);

function read(file: string) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

function described(name: string): Dependency {
  const { version, license } = read(`node_modules/${name}/package.json`);
  return {
    name,
    version,
    licence: license,
    bytes: sizeOf(join(root, "node_modules", name)),
    use: WHAT_FOR[name] ?? "",
  };
}

function isAllowed(name: string, licence: string) {
  return isPermissive(licence) || Object.entries(TESTS_ONLY).some(([n, l]) => n === name && l === licence);
}

/** Bytes of a package's own files, without the packages inside it. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sizeOf(path) : statSync(path).size;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

function rowStart(name: string, version: string, licence: string) {
  return `| ${name} | ${version} | ${licence} |`;
}

function pageOf() {
  const tables = groups.map(({ title, dependencies }) => {
    const rows = dependencies.map(({ name, version, licence, bytes, use }) => {
      const { latest, released } = releases(name);
      const behind = latest === version ? "" : ` (${latest})`;
      return `${rowStart(name, version, licence)} ${Math.ceil(bytes / 1_000)} | ${released}${behind} | ${use} |`;
    });
    return `## ${title}\n\n| package | version | licence | kB | last release | what for |\n|---|---|---|---|---|---|\n${rows.join("\n")}`;
  });
  return `# Dependencies

Made by \`npm run docs:dependencies\`; \`npm run docs:dependencies -- --check\` holds it to package.json. kB: the package's own files as
installed. Last release: of the newest version, which stands in brackets where another is used.

${tables.join("\n\n")}

${NOTES}
`;
}

/** The newest version, and the day it came out. */
function releases(name: string) {
  const { stdout, status } = spawnSync("npm", ["view", name, "dist-tags.latest", "time", "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) {
    console.error(`The registry does not answer for ${name}.`);
    process.exit(1);
  }
  const { "dist-tags.latest": latest, time } = JSON.parse(stdout);
  return { latest, released: String(time[latest] ?? "").slice(0, 10) };
}
