// Starts and ends the hosts. Each has a process group of its own, so that a kill takes its runtime with it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quiet as quietly } from "../../scripts/install.ts";
import { workspace } from "./build.ts";
import type { HostMessage, HostOptions, Question, Ready } from "./messages.ts";
import { tree } from "./process.ts";

const ownHost = fileURLToPath(new URL("./host.ts", import.meta.url));

export interface Server {
  name: string;
  port: number;
  /** The port of the runtime's inspector; 0 without one. */
  inspected: number;
  /** When its runtime was started, epoch ms. */
  launched: number;
  state: string;
  /** The host and its runtime. */
  pids: number[];
  /** What they have printed so far. */
  output: () => string;
  /** Asks its D1. */
  sql: (text: string) => Promise<Record<string, unknown>[]>;
  /** Counts its R2 objects by kind. */
  objects: () => Promise<Record<string, number>>;
  /** Size of its R2 objects together. */
  objectBytes: () => Promise<number>;
  /** Size of its D1. */
  databaseBytes: () => Promise<number>;
  kill: () => Promise<void>;
}

/** How a host is started. The stores' folder and the program that runs the Worker have defaults. */
interface StartOptions extends Omit<HostOptions, "state" | "bindings" | "port"> {
  state?: string;
  bindings?: Record<string, string>;
  /** The program that runs the Worker, if it is another checkout's. */
  host?: string;
}

const running = new Set<ChildProcess>();

export async function start(name: string, options: StartOptions): Promise<Server> {
  const { host = ownHost, state = join(workspace, `state-${name}`), bindings = {}, ...worker } = options;
  mkdirSync(state, { recursive: true });
  const told: HostOptions = { ...worker, state, bindings };
  const child = spawn(process.execPath, [host, JSON.stringify(told)], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...quietly },
  });
  running.add(child);
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const gone = new Promise((done) => child.once("exit", done));
  const { ask, ready } = converse(name, child);
  const ended = gone.then(() => Promise.reject(new Error(`${name} ended:\n${output}`)));
  const { ready: port, launched, inspected = 0 } = await Promise.race([ready, ended]);
  // It may end at any time from here on.
  ended.catch(() => {});
  return {
    name,
    port,
    launched,
    inspected,
    state,
    pids: tree(child.pid ?? 0),
    output: () => output,
    sql: async (text) => (await ask("sql", text)) as Record<string, unknown>[],
    objects: async () => (await ask("objects")) as Record<string, number>,
    objectBytes: async () => Number(await ask("objectBytes")),
    databaseBytes: async () => Number(await ask("bytes")),
    kill: async () => {
      end(child);
      await gone;
    },
  };
}

/** Talks to a host: `ready` resolves when the host is ready, `ask` with its answer. */
function converse(name: string, child: ChildProcess) {
  const asked = new Map<number, { done: (answer: unknown) => void; fail: (error: Error) => void }>();
  let count = 0;
  const ready = new Promise<Ready>((done) => {
    child.on("message", (message: HostMessage) => {
      if ("ready" in message) return done(message);
      const question = asked.get(message.id);
      asked.delete(message.id);
      if ("error" in message) question?.fail(new Error(`${name}: ${message.error}`));
      else question?.done(message.answer);
    });
  });
  const ask = (what: Question["ask"], text = ""): Promise<unknown> =>
    new Promise((done, fail) => {
      count += 1;
      asked.set(count, { done, fail });
      child.send({ id: count, ask: what, text } satisfies Question);
    });
  return { ask, ready };
}

function end(child: ChildProcess) {
  running.delete(child);
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has just gone.
  }
}

process.on("exit", () => {
  for (const child of running) end(child);
  rmSync(workspace, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
