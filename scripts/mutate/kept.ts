// Runtimes of suites whose files share one stay for the next run: a start takes two seconds of a core, their tests a tenth.
import type { PoolWorker, TestProject } from "vitest/node";

interface Runtime {
  worker: PoolWorker;
  hasBegun: boolean;
  /** It failed, or ended by itself. */
  isLost: boolean;
}

/**
 * Has the runtimes of a suite wait for its next run. `setup.ts` loads the code anew in each.
 * @returns Ends those that wait: the next run has new ones.
 */
export function keepRuntimes(project: TestProject): () => Promise<void> {
  const pool = project.config.poolRunner;
  if (!pool) throw new Error(`${project.name} has no runtimes to keep.`);
  const idle: Runtime[] = [];
  project.config.poolRunner = {
    name: pool.name,
    createPoolWorker: (options) =>
      turn(idle.pop() ?? { worker: pool.createPoolWorker(options), hasBegun: false, isLost: false }, idle),
  };
  return async () => {
    await Promise.all(idle.splice(0).map(({ worker }) => worker.stop()));
  };
}

/**
 * One run's use of a runtime. To Vitest it looks as if the runtime started and ended with the run.
 * @param idle Where it waits afterwards.
 */
function turn(runtime: Runtime, idle: Runtime[]): PoolWorker {
  const { worker } = runtime;
  const listeners: [event: string, callback: (arg: unknown) => void][] = [];
  let isToStay = false;
  const answer = (type: "started" | "stopped") =>
    queueMicrotask(() => {
      for (const [event, callback] of listeners)
        if (event === "message") callback({ type, __vitest_worker_response__: true });
    });

  return {
    name: worker.name,
    async start() {
      if (!runtime.hasBegun) await worker.start();
    },
    async stop() {
      for (const [event, callback] of listeners) worker.off(event, callback);
      // Only a runtime that was asked to end its run first can be used again.
      if (isToStay && !runtime.isLost) idle.push(runtime);
      else await worker.stop();
    },
    send(message) {
      if (message.type === "start" && runtime.hasBegun) return answer("started");
      if (message.type === "start") runtime.hasBegun = true;
      if (message.type !== "stop" || runtime.isLost) return worker.send(message);
      isToStay = true;
      answer("stopped");
    },
    on(event, callback) {
      const listener = (arg: unknown) => {
        if (event !== "message") runtime.isLost = true;
        callback(arg);
      };
      listeners.push([event, listener]);
      worker.on(event, listener);
    },
    off(event, callback) {
      worker.off(event, callback);
    },
    deserialize: (data) => worker.deserialize(data),
  };
}
