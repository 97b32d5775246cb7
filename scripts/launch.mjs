// @ts-check
// `node scripts/launch.mjs <script> [<arguments>]`: runs one of the project's commands under a Node that is new enough.
// Runs under Node 18 itself, with nothing installed: only what Node brings may be imported here.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isNewEnough, suitableNode, withNode } from "./lib/node.mjs";

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error("node scripts/launch.mjs <script> [<arguments>]");
  process.exit(2);
}

if (isNewEnough(process.versions.node)) {
  process.argv = [process.argv[0] ?? "node", resolve(script), ...args];
  await import(pathToFileURL(resolve(script)).href);
} else {
  const node = suitableNode();
  const child = spawn(node, [...process.execArgv, script, ...args], { stdio: "inherit", env: withNode(node) });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
