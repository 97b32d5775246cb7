// CPU and memory of a tree of processes, and of the machine, from /proc.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

function read(path: string) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A process or thread that has just ended.
    return "";
  }
}

/** A process and everything below it. */
export function tree(root: number): number[] {
  const children = read(`/proc/${root}/task/${root}/children`).split(" ").filter(Boolean).map(Number);
  return [root, ...children.flatMap(tree)];
}

/** CPU time of these processes so far, seconds; of every thread, to the nanosecond. */
export function cpuSeconds(pids: number[]) {
  let ns = 0;
  for (const pid of pids) {
    for (const task of list(`/proc/${pid}/task`))
      ns += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0]);
  }
  return ns / 1e9;
}

function list(path: string) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** @returns MB */
export function memory(pids: number[], field: "VmHWM" | "VmRSS"): number {
  return pids.reduce((sum, pid) => {
    const kb = new RegExp(`${field}:\\s+(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1];
    return sum + Number(kb ?? 0) / 1_024;
  }, 0);
}

/** Peak memory counts from this call on. */
export function resetPeak(pids: number[]) {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // Not ours to reset: the peak then counts from the start of the process.
    }
  }
}

/** CPU time the whole machine has spent, seconds. */
export function machineCpuSeconds() {
  const [, ...ticks] = (read("/proc/stat").split("\n", 1)[0] ?? "").split(/\s+/).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks;
  return (user + nice + system + irq + softirq) / 100;
}

export const cores = availableParallelism();

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Waits until the processes have used next to no CPU for `ms`, and returns when that began: performance.now() and their
 * CPU time by then.
 */
export async function quiet(pids: number[], ms = 80) {
  let since = performance.now();
  let cpu = cpuSeconds(pids);
  for (;;) {
    await sleep(10);
    const now = performance.now();
    const used = cpuSeconds(pids);
    if (used - cpu > 0.001) {
      since = now;
      cpu = used;
    } else if (now - since >= ms) return { at: since, cpu };
  }
}
