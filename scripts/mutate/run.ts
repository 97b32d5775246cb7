// Asks a worker, a process of its own, for runs of tests, one after another.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quiet, root } from "../install.ts";
import type { RunReport } from "./outcome.ts";
import type { Setup } from "./vitest.config.ts";
import type { Plan, WorkerMessage } from "./worker.ts";

type Outcome = { kind: "report"; report: RunReport } | { kind: "hung" } | { kind: "crashed"; output: string };

/** How long a worker may take until it can be asked. Its start costs 3 s of a core, which others may have. */
const READY_MS = 120_000;

/** Process groups that must not outlive this process. */
const groups = new Set<number>();
process.on("exit", () => groups.forEach(end));
process.on("SIGTERM", () => process.exit(143));

function end(group: number) {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** Runs tests on code with switches, one run at a time. A worker that hangs or dies is replaced for the next run. */
export class Runner {
  #folder = mkdtempSync(join(tmpdir(), "pulsegate-mutants-"));
  #worker: ReturnType<typeof start> | null = null;

  constructor(setup: Setup) {
    writeFileSync(join(this.#folder, "setup.json"), JSON.stringify(setup));
    // The folder has the code with switches: nothing of it stays when the command is stopped.
    process.once("exit", () => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** @param timeoutMs A run that takes longer does not end. */
  async run(plan: Plan, timeoutMs: number): Promise<Outcome> {
    // A worker that does not get ready after its last run is replaced. That says nothing about this run.
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
      // Do not believe a run that had another switch on.
      const other = answer.report.tests.find(({ active }) => active !== null && active !== (plan.active ?? ""));
      if (other) throw new Error(`Switch ${other.active} was on, not ${plan.active}: ${other.name}`);
      return { kind: "report", report: answer.report };
    }
    const outcome = worker.hasEnded()
      ? ({ kind: "crashed", output: worker.output() } as const)
      : ({ kind: "hung" } as const);
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

const isReady = (message: WorkerMessage): message is { ready: true } => "ready" in message;

const isReport = (message: WorkerMessage): message is { report: RunReport } => "report" in message;

function start(setupFile: string) {
  const child = fork(join(root, "scripts/mutate/worker.ts"), {
    cwd: root,
    execArgv: [],
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...quiet, PULSEGATE_MUTANTS: setupFile },
  });
  const group = child.pid ?? 0;
  groups.add(group);
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);

  const told: WorkerMessage[] = [];
  let ended = false;
  let notice = () => {};
  child.on("message", (message) => {
    told.push(message as WorkerMessage);
    notice();
  });
  // Sending fails if it has ended; `close`, below, notes that.
  child.on("error", () => {});
  child.once("close", () => {
    ended = true;
    notice();
  });

  return {
    hasEnded: () => ended,
    output: () => output,
    ask: (plan: Plan) => child.send(plan),
    stop() {
      // The runtime is a process of its own, and may be in a loop.
      end(group);
      groups.delete(group);
    },
    /** What it says next, or null if it ends, or says nothing in time. */
    async next<M extends WorkerMessage>(
      timeoutMs: number,
      isWanted: (message: WorkerMessage) => message is M,
    ): Promise<M | null> {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const message = told.shift();
        if (message && isWanted(message)) return message;
        if (message) continue;
        if (ended || Date.now() >= deadline) return null;
        const { promise, resolve } = Promise.withResolvers() as PromiseWithResolvers<void>;
        const timer = setTimeout(resolve, deadline - Date.now());
        notice = resolve;
        await promise;
        clearTimeout(timer);
      }
    },
  };
}
