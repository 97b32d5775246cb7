// `npm run docs:rules`: docs/rules.md, from the rules themselves.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./install.ts";
import { loadSource } from "./lib/source.ts";

const HELP = `npm run docs:rules [-- --check]

Writes docs/rules.md from the rules in src/core/scoring/.
  --check  writes nothing, and ends with 1 if the page is stale
  --help   this text`;

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const { rulesPage }: typeof import("../src/ops/for-commands.ts") = await loadSource("src/ops/for-commands.ts");
const path = join(root, "docs/rules.md");
const page = rulesPage();
if (!values.check) writeFileSync(path, page);
else if (readFileSync(path, "utf8") !== page) {
  console.error("docs/rules.md is stale: run npm run docs:rules.");
  process.exit(1);
}
