// `npm run dev`: installs what is missing, builds the scripts, migrates the local database, starts.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { bin, installMissing, quiet, root, run, runQuietly } from "./install.ts";
import { DEVELOPMENT_KEY, startOf } from "./lib/dev-options.ts";
import { isMigrated, noteMigrated } from "./lib/fresh.ts";
import { openGate } from "./lib/gate.ts";
import { freePort } from "./lib/listen.ts";

const HELP = `npm run dev [-- <arguments for wrangler dev>]

Starts PulseGate on this machine, and for this machine alone: another --ip needs a key of your own in .dev.vars. An
argument wins over the environment:
  PORT        port to listen on (default 8787)
  STATE_DIR   folder for D1, R2, KV and the actors (default .state)
  RATE_LIMIT  off lifts the rate limits, for load tests
  LOG_LEVEL   debug, info, warn (default) or error
  WEBHOOK_SCHEDULE_MS  waits between webhook attempts, separated by commas (default 5 s to 24 h)
  WEBHOOK_TIMEOUT_MS   how long an attempt may take (default 15,000)
  WEBHOOK_HOSTS        where webhooks may go on this machine or in its network: WEBHOOK_HOSTS=localhost:3000,crm.lan`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(HELP);
  process.exit(0);
}

// As wrangler does it: the file of the environment, if there is one, replaces the general one.
const file = [".dev.vars.development", ".dev.vars"].map((name) => `${root}${name}`).find((name) => existsSync(name));
const wanted = startOf(args, process.env, file ? parseEnv(readFileSync(file, "utf8")) : {});
if ("refusal" in wanted) {
  console.error(wanted.refusal);
  process.exit(2);
}
const { host, port, isDevelopmentKey } = wanted;
const state = resolve(process.cwd(), wanted.state);

await checkPort(port);
installMissing();
run(process.execPath, ["scripts/build.ts"]);
const migrate = ["d1", "migrations", "apply", "DB", "--local", "--env", "development", "--persist-to", state];
// CI=1 keeps wrangler from asking whether to apply them.
if (!isMigrated(state)) runQuietly(bin("wrangler"), migrate, { CI: "1" });
noteMigrated(state);

// The inspector's usual port may be held by another server.
const inspectorPort = await freePort();
const gate = await openGate();
const passedOn = ["RATE_LIMIT", "LOG_LEVEL", "WEBHOOK_SCHEDULE_MS", "WEBHOOK_TIMEOUT_MS", "WEBHOOK_HOSTS"];
const vars = [
  ...passedOn.flatMap((name) => (process.env[name] ? [`${name}:${process.env[name]}`] : [])),
  `WEBHOOK_GATE:${gate.url}`,
].flatMap((one) => ["--var", one]);
const server = spawn(bin("wrangler"), ["dev", ...vars, ...wanted.options(inspectorPort)], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, ...quiet },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal ? 0 : 1)));

await ready(`http://${host}:${port}/health`);
console.log(`
PulseGate is running.
  Demo page   http://localhost:${port}/demo
  API         http://localhost:${port}/analytics/sessions   (described at /openapi.json)
  Key         ${isDevelopmentKey ? DEVELOPMENT_KEY : "your own"}   (Authorization: Bearer <key>)
  State       ${state}
  Stop        Ctrl-C
`);

async function ready(url: string) {
  for (;;) {
    const ok = await fetch(url)
      .then((response) => response.ok)
      .catch(() => false);
    if (ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function checkPort(wanted: number) {
  const free = await freePort(wanted)
    .then(() => true)
    .catch(() => false);
  if (free) return;
  console.error(`Port ${wanted} is in use. Choose another: PORT=8790 npm run dev`);
  process.exit(1);
}
