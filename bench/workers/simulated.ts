/**
 * Simulated time, and what is counted in it. The driver has the clock and the alarms: `Date.now()` reads the simulated clock, and
 * `setAlarm` writes down when the driver has to call `alarm()`.
 */

/** The parts of the bill: taking sessions and writing them out; knowing who it is; who is here. */
export type Part = "session" | "identity" | "roster";

/** Counts by part and name, `session:requests`; the names are the lines of the bill. */
export const counts: Record<string, number> = {};

export function add(part: Part, name: string, n = 1): void {
  const key = `${part}:${name}`;
  counts[key] = (counts[key] ?? 0) + n;
}

let clock = Date.now();
Date.now = () => clock;

/** The clock never goes back. */
export function advanceTo(at: number): void {
  clock = Math.max(clock, at);
}

/** The driver's seeded source: the same jitter in every run. */
let seed = 1;
Math.random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** When each actor's alarm is due. Outlives the actor, as alarms do. */
export const alarms = new Map<string, number>();

/** Adds the time until `call` ends to the object's active time. Real time: the simulated clock stands still meanwhile. */
export async function active<T>(part: Part, call: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await call();
  } finally {
    add(part, "active_ms", performance.now() - began);
  }
}

/** A job begins at its own time, with nothing counted and the same jitter as every other. */
export function beginAt(at: number): void {
  for (const name of Object.keys(counts)) delete counts[name];
  seed = 1;
  clock = at;
}
