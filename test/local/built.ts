// The Worker as `wrangler deploy` would upload it, built once for all suites that run the same sources.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bin, quiet, root } from "../../scripts/install.ts";
import { isFresh, noteFresh } from "../../scripts/lib/fresh.ts";

export { quiet };

const OUT = join(root, "dist", "worker");

/** @returns The folder with index.js. */
export function builtWorker(): string {
  if (isFresh(OUT)) return OUT;
  const note = noteFresh(OUT);
  runOrThrow(bin("wrangler"), ["deploy", "--dry-run", "--env", "development", "--outdir", OUT]);
  note();
  return OUT;
}

function runOrThrow(command: string, args: string[]) {
  const options = { cwd: root, encoding: "utf8", env: { ...process.env, ...quiet } } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
}
