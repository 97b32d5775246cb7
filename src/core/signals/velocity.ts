/**
 * Events per sliding window, kept in rings of buckets so that memory does not grow with the rate. A window is exact to
 * one bucket: 10 s in buckets of 1 s, 60 s in buckets of 5 s.
 */
export interface Ring {
  /** Number of the newest bucket: floor(time / width). */
  newest: number;
  counts: number[];
}

export interface Velocity {
  seconds: Ring;
  minute: Ring;
  /** The most events any 10 s window has held. */
  peak: number;
}

const SECONDS = { width: 1_000, buckets: 10 };
const MINUTE = { width: 5_000, buckets: 12 };

const newRing = (buckets: number): Ring => ({ newest: 0, counts: new Array<number>(buckets).fill(0) });

export const newVelocity = (): Velocity => ({
  seconds: newRing(SECONDS.buckets),
  minute: newRing(MINUTE.buckets),
  peak: 0,
});

function turn(ring: Ring, bucket: number): void {
  const { counts } = ring;
  const steps = Math.min(bucket - ring.newest, counts.length);
  for (let i = 1; i <= steps; i++) counts[(bucket - steps + i) % counts.length] = 0;
  if (steps > 0) ring.newest = bucket;
}

function add(ring: Ring, width: number, at: number): void {
  const bucket = Math.floor(at / width);
  turn(ring, bucket);
  if (bucket <= ring.newest - ring.counts.length) return;
  const slot = bucket % ring.counts.length;
  ring.counts[slot] = (ring.counts[slot] ?? 0) + 1;
}

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);

/** Counts one event at `at` (epoch ms); if it is older than the window, it is in no rate. Changes `velocity`. */
export function record(velocity: Velocity, at: number): void {
  add(velocity.seconds, SECONDS.width, at);
  add(velocity.minute, MINUTE.width, at);
  velocity.peak = Math.max(velocity.peak, sum(velocity.seconds.counts));
}

/** Events in the window that ends with bucket `now`. */
function within(ring: Ring, width: number, now: number): number {
  const bucket = Math.floor(now / width);
  let total = 0;
  for (let i = 0; i < ring.counts.length; i++) {
    const b = ring.newest - i;
    if (b > bucket - ring.counts.length)
      total += ring.counts[((b % ring.counts.length) + ring.counts.length) % ring.counts.length] ?? 0;
  }
  return total;
}

/** Events in the last 10 s and 60 s before `now` (epoch ms), and the highest 10 s count so far. */
export const rates = (velocity: Velocity, now: number) => ({
  last_10s: within(velocity.seconds, SECONDS.width, now),
  last_60s: within(velocity.minute, MINUTE.width, now),
  peak_10s: velocity.peak,
});
