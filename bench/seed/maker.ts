// The thread that makes sessions, as a stream of batches.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { bundle } from "../lib/build.ts";
import type { Batch, Job } from "./job.ts";

/** Jobs under way: one is written while the next is made. More would only take memory. */
const AHEAD = 2;

export async function* batchesOf(jobs: Iterable<Job>): AsyncGenerator<Batch> {
  const builder = pathToFileURL(join(await bundle("make", "../seed/make.ts", "node"), "index.js")).href;
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: builder });
  const left = jobs[Symbol.iterator]();
  let open = 0;
  const send = () => {
    const { done, value } = left.next();
    if (done) return;
    open += 1;
    worker.postMessage(value);
  };
  const made: Batch[] = [];
  let wake = () => {};
  let failed: unknown;
  worker.on("message", (batch) => {
    made.push(batch);
    wake();
  });
  worker.on("error", (error) => {
    failed = error;
    wake();
  });
  try {
    for (let i = 0; i < AHEAD; i++) send();
    while (open > 0) {
      const batch = made.shift();
      if (failed) throw failed;
      if (!batch) {
        await new Promise((done) => {
          wake = () => done(undefined);
        });
        continue;
      }
      yield batch;
      if (!batch.isLast) continue;
      open -= 1;
      send();
    }
  } finally {
    await worker.terminate();
  }
}
