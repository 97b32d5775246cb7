// @ts-check
// The thread that makes sessions, as a stream of batches.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { bundle } from "../lib/build.mjs";

/** Jobs under way: while one is written the next is made, and memory holds no more. */
const AHEAD = 2;

/** What make.ts takes and gives. */
/** @typedef {{ at: number, first: number, count: number }} Hour */
/** @typedef {{ hours: Hour[], profiles: object[] }} Job */
/** @typedef {{ sessions: string, events: string, leads: string }} Texts */
/** @typedef {{ texts: Texts, sessions: number, events: number, through: number, isLast: boolean }} Batch */

/**
 * @param {Iterable<Job>} jobs
 * @returns {AsyncGenerator<Batch>}
 */
export async function* batchesOf(jobs) {
  const builder = pathToFileURL(join(await bundle("make", "../seed/make.ts", "node"), "index.js")).href;
  const worker = new Worker(new URL("./thread.mjs", import.meta.url), { workerData: builder });
  const left = jobs[Symbol.iterator]();
  let open = 0;
  const send = () => {
    const { done, value } = left.next();
    if (done) return;
    open += 1;
    worker.postMessage(value);
  };
  /** @type {Batch[]} */
  const made = [];
  let wake = () => {};
  /** @type {unknown} */
  let failed;
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
