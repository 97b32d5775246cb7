// A thread that makes sessions: jobs in, batches out.
import { parentPort, workerData } from "node:worker_threads";

const { makeBatches } = await import(workerData);
parentPort?.on("message", (job) => {
  for (const batch of makeBatches(job)) parentPort?.postMessage(batch);
});
