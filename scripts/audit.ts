// `npm run audit`: known vulnerabilities of what is installed, each fixed or answered.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { faultsOf, findingsIn, messageIn } from "./audit/judge.ts";
import { root } from "./install.ts";

const HELP = `npm run audit

Asks the registry for known vulnerabilities of every package in package-lock.json, and of the documentation's own. Each must be
answered in scripts/audit/answers.json: { "id": "GHSA-…", "package": "…", "reason": "why it does no harm here", "date": "2026-01-31" }.
Ends with 1 where one is not, where an answer is older than 180 days, or is to nothing that is found; with 2 where the registry does
not answer: nothing is known then.`;

/** Folders with a package-lock.json. */
const FOLDERS = [".", "docs/site"];

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const findings = FOLDERS.flatMap(findingsOf);
const { answers } = JSON.parse(readFileSync(join(root, "scripts/audit/answers.json"), "utf8"));
const faults = faultsOf(findings, answers, Date.now());
for (const line of faults) console.error(line);
if (faults.length === 0) console.log(`${findings.length} findings, each answered.`);
process.exit(faults.length > 0 ? 1 : 0);

function findingsOf(folder: string) {
  const options = { cwd: join(root, folder), encoding: "utf8", maxBuffer: 1 << 26 } as const;
  const { stdout, stderr } = spawnSync("npm", ["audit", "--json"], options);
  const found = findingsIn(stdout);
  if (found) return found;
  const why = messageIn(stdout) ?? (stderr.trim().split("\n")[0] || "it gave no report");
  console.error(
    `The registry does not answer for ${folder}: ${why}\nNothing is known of vulnerabilities: ask again later.`,
  );
  process.exit(2);
}
