/** The rhythm of a visitor's acts: mean and spread of the time between them, by Welford's running method. */
export interface Cadence {
  /** Time of the last act, epoch ms; null before the first. */
  last_at: number | null;
  /** Intervals seen. */
  n: number;
  /** Mean interval, ms. */
  mean: number;
  /** Sum of squared differences from the mean. */
  m2: number;
}

export const newCadence = (): Cadence => ({ last_at: null, n: 0, mean: 0, m2: 0 });

/** Counts an act at `at` (epoch ms, never backwards). Changes `cadence`. */
export function beat(cadence: Cadence, at: number): void {
  if (cadence.last_at !== null) {
    const interval = at - cadence.last_at;
    const delta = interval - cadence.mean;
    cadence.n += 1;
    cadence.mean += delta / cadence.n;
    cadence.m2 += delta * (interval - cadence.mean);
  }
  cadence.last_at = at;
}

/** Mean interval in ms and coefficient of variation (0 = a metronome); null until there are two intervals. */
export function rhythm(cadence: Cadence): { intervals: number; mean_ms: number; variation: number | null } {
  const { n, mean, m2 } = cadence;
  const variation = n > 1 && mean > 0 ? Math.sqrt(m2 / (n - 1)) / mean : null;
  return { intervals: n, mean_ms: Math.round(mean), variation };
}
