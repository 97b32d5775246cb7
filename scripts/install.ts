import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The project's root, from wherever a command is called. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Environment that keeps the tools quiet, offline and without prompts. */
export const quiet = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  // Wrangler would keep each request, its address and its log lines in a store that no erasure reaches.
  X_LOCAL_OBSERVABILITY: "false",
  // The explorer would answer any SQL, without a key.
  X_LOCAL_EXPLORER: "false",
};

/** Installs what package-lock.json names, if that is not what is there. */
export function installMissing() {
  const installed = `${root}node_modules/.package-lock.json`;
  const wanted = `${root}package-lock.json`;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.log("Installing packages …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Runs a command to its end; a failure ends this process with the same code. */
export function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...quiet, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a command to its end, but shows what it printed only if it failed. */
export function runQuietly(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: root, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...options,
    env: { ...process.env, ...quiet, ...env },
  });
  if (status === 0) return;
  console.error(stdout, stderr);
  process.exit(status ?? 1);
}

export const bin = (name: string) => `${root}node_modules/.bin/${name}`;
