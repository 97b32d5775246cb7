// @ts-check
// The Node that the project's tools need, if an older one is installed. Runs under Node 18 with nothing installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first release of each line that runs TypeScript without a flag. package.json says the same under `engines`. */
const LEAST = { 22: 18, 23: 6 };
/** What is fetched: the release with long-term support. */
const FETCHED = "24.21.0";

const root = fileURLToPath(new URL("../..", import.meta.url));
const home = join(root, ".node");

/** @param {string} version  As in `process.versions.node`. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 22) return minor >= LEAST[22];
  if (major === 23) return minor >= LEAST[23];
  return major > 23;
}

/**
 * The path of a Node that is new enough: the one that runs this, or one from the registry in the project's folder `.node`.
 * Ends the process with 1, and says what to do, if none can be had.
 */
export function suitableNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const folder = join(home, FETCHED);
  const node = join(folder, "node_modules", "node", "bin", "node");
  if (!existsSync(node)) fetchNode(folder);
  return node;
}

/**
 * The environment in which whatever is called `node` is this one: tools are started by that name.
 * @param {string} node
 */
export const withNode = (node) => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}`,
});

/** @param {string} folder */
function fetchNode(folder) {
  const needed = `PulseGate needs Node 22.${LEAST[22]} or newer; this is ${process.versions.node}.`;
  console.error(`${needed}\nFetching Node ${FETCHED} into .node, once (190 MB) …`);
  const began = Date.now();
  // It stays beside its place until it is whole, so a command that runs meanwhile never meets half of it.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  // Its own install script brings the binary for this platform.
  const wanted = { private: true, dependencies: { node: FETCHED }, allowScripts: { node: true } };
  writeFileSync(join(draft, "package.json"), JSON.stringify(wanted));
  const { status, error } = spawnSync(
    "npm",
    ["install", "--ignore-scripts=false", "--engine-strict=false", "--no-audit", "--no-fund", "--loglevel=error"],
    // Another program may read this command's output, so npm's output goes where messages go.
    { cwd: draft, stdio: ["ignore", 2, 2] },
  );
  const binary = join(draft, "node_modules", "node", "bin", "node");
  if (status !== 0 || !existsSync(binary)) {
    rmSync(draft, { recursive: true, force: true });
    const why = error ? `: ${error.message}` : "; npm says above why";
    console.error(
      `Node ${FETCHED} could not be fetched${why}. Install it yourself (https://nodejs.org), and try again.`,
    );
    process.exit(1);
  }
  try {
    renameSync(draft, folder);
  } catch (cause) {
    // Another command was faster: what it fetched is as good.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw cause;
  }
  console.error(`Node ${FETCHED} is there, in ${((Date.now() - began) / 1_000).toFixed(0)} s.`);
}
