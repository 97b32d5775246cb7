// Checks that `wrangler deploy` carries no key: neither as a variable nor anywhere in what would be uploaded, except in the one
// line of code that refuses the development key.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, quiet, root } from "./install.ts";
import { DEVELOPMENT_KEY } from "./lib/dev-options.ts";

const out = mkdtempSync(join(tmpdir(), "pulsegate-deploy-"));
const args = ["deploy", "--dry-run", "--env", "", "--outdir", out];
const { status, stdout, stderr } = spawnSync(bin("wrangler"), args, {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, ...quiet },
});
if (status !== 0) fail(`wrangler deploy --dry-run failed:\n${stdout}\n${stderr}`);
const bindings = stdout.split("\n").filter((line) => /env\./.test(line));
if (bindings.length === 0) fail(`wrangler deploy --dry-run named no bindings:\n${stdout}`);
console.log(bindings.join("\n"));
if (bindings.some((line) => /ANALYTICS_API_KEY|ADDRESS_HASH_SECRET|development/i.test(line))) {
  fail("The deployed environment declares a key, or is a development environment.");
}
const bundle = readFileSync(join(out, "index.js"), "utf8");
const keys = bundle.split(DEVELOPMENT_KEY).length - 1;
if (keys !== 1 || !/!==\s*DEVELOPMENT_KEY/.test(bundle)) fail(`The bundle holds the development key ${keys} times.`);
rmSync(out, { recursive: true });
console.log("No key is deployed.");

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
