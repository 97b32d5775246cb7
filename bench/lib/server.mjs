// @ts-check
// Starts and ends the hosts. Each has a process group of its own, so that a kill takes its runtime with it.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quiet as quietly } from "../../scripts/install.mjs";
import { workspace } from "./build.mjs";
import { tree } from "./process.mjs";

const ownHost = fileURLToPath(new URL("./host.mjs", import.meta.url));

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {number} port
 * @property {number} inspected  The port of the runtime's inspector; 0 without one.
 * @property {number} launched  When its runtime was started, epoch ms.
 * @property {string} state
 * @property {number[]} pids  The host and its runtime.
 * @property {() => string} output  What they have printed so far.
 * @property {(text: string) => Promise<Record<string, unknown>[]>} sql  Asks its D1.
 * @property {() => Promise<Record<string, number>>} objects  Counts its R2 objects by kind.
 * @property {() => Promise<number>} objectBytes  Size of its R2 objects together.
 * @property {() => Promise<number>} databaseBytes  Size of its D1.
 * @property {() => Promise<void>} kill
 */

/**
 * What a host says: that it is ready, or an answer.
 * @typedef {{ ready?: number, launched?: number, inspected?: number, id?: number, answer?: unknown, error?: string }} Message
 */

/** What a host is asked. @typedef {"sql" | "objects" | "objectBytes" | "bytes"} Asked */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * @param {string} name
 * @param {{ dist: string, state?: string, bindings?: Record<string, string>, objects: "project" | Record<string, string>, assets?: boolean, inspector?: boolean, host?: string, beside?: import("./host.mjs").Beside }} options
 *   `host`: the program that runs it, where it is another checkout's.
 * @returns {Promise<Server>}
 */
export async function start(
  name,
  {
    dist,
    state = join(workspace, `state-${name}`),
    bindings = {},
    objects,
    assets = false,
    inspector = false,
    host = ownHost,
    beside,
  },
) {
  mkdirSync(state, { recursive: true });
  const child = spawn(
    process.execPath,
    [host, JSON.stringify({ dist, state, bindings, objects, assets, inspector, beside })],
    {
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...quietly },
    },
  );
  running.add(child);
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  /** @type {Map<number, { done: (answer: unknown) => void, fail: (error: Error) => void }>} */
  const asked = new Map();
  let count = 0;
  const gone = new Promise((done) => child.once("exit", done));
  /** @type {{ port: number, launched: number, inspected: number }} */
  const { port, launched, inspected } = await new Promise((done, fail) => {
    child.on("message", (/** @type {Message} */ message) => {
      const { ready, launched: at = 0, inspected: also = 0 } = message;
      if (ready !== undefined) return done({ port: ready, launched: at, inspected: also });
      const question = asked.get(message.id ?? 0);
      asked.delete(message.id ?? 0);
      if (message.error) question?.fail(new Error(`${name}: ${message.error}`));
      else question?.done(message.answer);
    });
    child.once("exit", () => fail(new Error(`${name} ended:\n${output}`)));
  });
  /** @param {Asked} what @param {string} [text] @returns {Promise<unknown>} */
  const ask = (what, text = "") =>
    new Promise((done, fail) => {
      count += 1;
      asked.set(count, { done, fail });
      child.send({ id: count, ask: what, text });
    });
  return {
    name,
    port,
    launched,
    inspected,
    state,
    pids: tree(child.pid ?? 0),
    output: () => output,
    sql: async (text) => /** @type {Record<string, unknown>[]} */ (await ask("sql", text)),
    objects: async () => /** @type {Record<string, number>} */ (await ask("objects")),
    objectBytes: async () => Number(await ask("objectBytes")),
    databaseBytes: async () => Number(await ask("bytes")),
    kill: async () => {
      end(child);
      await gone;
    },
  };
}

/** @param {import("node:child_process").ChildProcess} child */
function end(child) {
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
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => process.exit(130));
