/**
 * Durations as a histogram, because histograms can be merged and medians cannot. Steps of 0.1 s up to 3.2 s, then 16 to each
 * doubling, so that what is read back is at most 3.2 % off.
 */
export type Durations = Map<number, number>;

const UNIT_MS = 100;
/** Steps to each doubling, as a power of two. */
const STEP_BITS = 4;

/** The lower bound of a duration's bucket, in units. */
function bucketOf(ms: number): number {
  const units = Math.floor(Math.max(0, ms) / UNIT_MS);
  const shift = Math.max(0, 31 - Math.clz32(units) - STEP_BITS);
  return (units >> shift) << shift;
}

const widthOf = (bucket: number): number => 2 ** Math.max(0, 31 - Math.clz32(bucket) - STEP_BITS);

/** Changes `durations`. */
export function addDuration(durations: Durations, ms: number, count = 1): void {
  const bucket = bucketOf(ms);
  durations.set(bucket, (durations.get(bucket) ?? 0) + count);
}

export function mergeDurations(into: Durations, from: Iterable<readonly [number, number]>): void {
  for (const [bucket, count] of from) into.set(bucket, (into.get(bucket) ?? 0) + count);
}

/** The middle of the bucket that holds the median, ms; null if there are no durations. */
export function medianOf(durations: Durations): number | null {
  const buckets = [...durations].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen * 2 >= total) return Math.round((bucket + (widthOf(bucket) - 1) / 2) * UNIT_MS);
  }
  return null;
}
