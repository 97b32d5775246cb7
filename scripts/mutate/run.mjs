// @ts-check
// Asks a worker, a process of its own, for runs of tests, one after another.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quiet, root } from "../install.mjs";

/**
 * @typedef {import("./outcome.mjs").Report} Report
 * @typedef {import("./worker.mjs").Plan} Plan
 * @typedef {import("./worker.mjs").Message} Message
 * @typedef {{ kind: "report", report: Report } | { kind: "hung" } | { kind: "crashed", output: string }} Outcome
 */

/** Until a worker can be asked: its start costs 3 s of a core, which others may have. */
const READY_MS = 120_000;

/** @type {Set<number>} Process groups that must not outlive this process. */
const groups = new Set();
process.on("exit", () => groups.forEach(end));
process.on("SIGTERM", () => process.exit(143));

/** @param {number} group */
function end(group) {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** Runs tests on code with switches, one run at a time. A worker that hangs or dies is replaced for the next run. */
export class Runner {
  #folder = mkdtempSync(join(tmpdir(), "pulsegate-mutants-"));
  /** @type {ReturnType<typeof start> | null} */
  #worker = null;

  /** @param {import("./vitest.config.mjs").Setup} setup */
  constructor(setup) {
    writeFileSync(join(this.#folder, "setup.json"), JSON.stringify(setup));
    // It holds the code; a command that is stopped leaves none behind.
    process.once("exit", () => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /**
   * @param {Plan} plan
   * @param {number} timeoutMs  A run that takes longer does not end.
   * @returns {Promise<Outcome>}
   */
  async run(plan, timeoutMs) {
    // One that does not get ready after its last run says nothing about this one.
    if (this.#worker && !(await this.#worker.next(READY_MS, isReady))) this.#stop();
    const worker = this.#worker ?? start(join(this.#folder, "setup.json"));
    if (!this.#worker && !(await worker.next(READY_MS, isReady))) {
      worker.stop();
      return { kind: "crashed", output: worker.output() };
    }
    this.#worker = worker;
    worker.ask(plan);
    const answer = await worker.next(timeoutMs, isReport);
    if (answer) {
      // A run that judged another mutant than the one that was asked for must not be believed.
      const other = answer.report.tests.find(({ active }) => active !== null && active !== (plan.active ?? ""));
      if (other) throw new Error(`Switch ${other.active} was on, not ${plan.active}: ${other.name}`);
      return { kind: "report", report: answer.report };
    }
    const outcome = worker.hasEnded()
      ? /** @type {const} */ ({ kind: "crashed", output: worker.output() })
      : /** @type {const} */ ({ kind: "hung" });
    this.#stop();
    return outcome;
  }

  /** The runner cannot be asked any more. */
  end() {
    this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #stop() {
    this.#worker?.stop();
    this.#worker = null;
  }
}

/** @param {Message} message @returns {message is { ready: true }} */
const isReady = (message) => "ready" in message;

/** @param {Message} message @returns {message is { report: Report }} */
const isReport = (message) => "report" in message;

/** @param {string} setupFile */
function start(setupFile) {
  const child = fork(join(root, "scripts/mutate/worker.mjs"), {
    cwd: root,
    execArgv: [],
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...quiet, PULSEGATE_MUTANTS: setupFile },
  });
  const group = child.pid ?? 0;
  groups.add(group);
  let output = "";
  /** @param {Buffer} chunk */
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);

  /** @type {Message[]} */
  const told = [];
  let ended = false;
  let notice = () => {};
  child.on("message", (message) => {
    told.push(/** @type {Message} */ (message));
    notice();
  });
  // It could not be asked, for it has ended: that is seen below.
  child.on("error", () => {});
  child.once("close", () => {
    ended = true;
    notice();
  });

  return {
    hasEnded: () => ended,
    output: () => output,
    /** @param {Plan} plan */
    ask: (plan) => child.send(plan),
    stop() {
      // The runtime is a process of its own, and may be in a loop.
      end(group);
      groups.delete(group);
    },
    /**
     * What it says next, or null if it ends, or says nothing in time.
     * @template {Message} M
     * @param {number} timeoutMs
     * @param {(message: Message) => message is M} isWanted
     * @returns {Promise<M | null>}
     */
    async next(timeoutMs, isWanted) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const message = told.shift();
        if (message && isWanted(message)) return message;
        if (message) continue;
        if (ended || Date.now() >= deadline) return null;
        const { promise, resolve } = /** @type {PromiseWithResolvers<void>} */ (Promise.withResolvers());
        const timer = setTimeout(resolve, deadline - Date.now());
        notice = resolve;
        await promise;
        clearTimeout(timer);
      }
    },
  };
}
