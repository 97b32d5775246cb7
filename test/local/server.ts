// The real server, for tests that kill it, restart it, or point a browser at it. It starts as `npm run dev` starts it. With
// `lean` only the deployed Worker runs, on the same runtime: that is up in a second.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVELOPMENT_KEY } from "../../scripts/lib/dev-options.ts";
import { freePort } from "../../scripts/lib/listen.ts";
import { builtWorker, quiet } from "./built.ts";
import { readStores } from "./stores.ts";
import { until } from "./until.ts";

const root = new URL("../..", import.meta.url).pathname;

export interface LocalServer {
  url: string;
  key: string;
  /** The folder of its D1, R2, KV and actors. */
  state: string;
  /** `kill -9` of the whole process group. */
  kill: () => Promise<void>;
  /** Starts it again, on the same port and state, and waits until it answers. */
  start: () => Promise<void>;
  /** Kills it and starts it again. */
  restart: () => Promise<void>;
  /** Ends it and removes its state. */
  stop: () => Promise<void>;
  /** D1 and R2 as they are on disk; only while it is down. */
  readStores: () => ReturnType<typeof readStores>;
  /** Fetch with the key. */
  api: (path: string, init?: RequestInit) => Promise<Response>;
}

interface ServerOptions {
  env?: Record<string, string>;
  /** The Worker as it is deployed, without the tools around it. */
  lean?: boolean;
}

export async function startServer({ env: own = {}, lean = false }: ServerOptions = {}): Promise<LocalServer> {
  // Receivers of webhooks are on this machine.
  const env = { WEBHOOK_HOSTS: "127.0.0.1", ...own };
  const dist = lean ? builtWorker() : "";
  let port = await freePort();
  const state = mkdtempSync(join(tmpdir(), "pulsegate-"));
  let url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let output = "";

  const kill = async () => {
    const victim = child;
    child = null;
    if (!victim?.pid || victim.exitCode !== null) return;
    const gone = new Promise((done) => victim.once("exit", done));
    process.kill(-victim.pid, "SIGKILL");
    await gone;
    await until(
      () =>
        fetch(`${url}/health`).then(
          () => false,
          () => true,
        ),
      "the port to be free",
    );
  };

  const start = async () => {
    const host = JSON.stringify({ dist, state, bindings: env, objects: "project", assets: true, port });
    const command = lean ? [join(root, "bench/lib/host.ts"), host] : [join(root, "scripts/dev.ts")];
    child = spawn(process.execPath, command, {
      cwd: root,
      // Its own process group: the kill then ends the runtime too, and nothing else.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...(lean ? quiet : { PORT: String(port), STATE_DIR: state, ...env }) },
    });
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    const started = child;
    // The lean server answers before its database is migrated, and sends a message when it is.
    let isReady = !lean;
    child.on("message", () => {
      isReady = true;
    });
    await until(async () => {
      if (started.exitCode !== null) throw new Error(`the server ended:\n${output}`);
      if (!isReady) return false;
      // A server that is starting may accept a connection and never answer it.
      return fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false,
      );
    }, `the server to answer:\n${output}`);
  };

  for (let tries = 1; ; tries++) {
    try {
      await start();
      break;
    } catch (error) {
      // No caller has it yet, so nobody else would end it.
      await kill();
      // Another process may have taken the port since it was found free.
      if (!/in use/.test(output) || tries === 3) throw error;
      port = await freePort();
      url = `http://127.0.0.1:${port}`;
      output = "";
    }
  }
  return {
    url,
    key: DEVELOPMENT_KEY,
    state,
    kill,
    start,
    restart: async () => {
      await kill();
      await start();
    },
    stop: async () => {
      await kill();
      rmSync(state, { recursive: true, force: true });
    },
    readStores: () => readStores(state),
    api: (path, init = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { Authorization: `Bearer ${DEVELOPMENT_KEY}`, "Content-Type": "application/json", ...init.headers },
      }),
  };
}
