import { add, newSpread, type Spread, variation } from "./spread";

/** The rhythm of a visitor's acts: mean and spread of the time between them, ms. */
export interface Cadence extends Spread {
  /** Time of the last act, epoch ms; null before the first. */
  last_at: number | null;
}

export const newCadence = (): Cadence => ({ last_at: null, ...newSpread() });

/**
 * Counts an act at `at` (epoch ms). Changes `cadence`. An act older than the last came late from another page, and says nothing
 * of the rhythm.
 */
export function beat(cadence: Cadence, at: number): void {
  if (cadence.last_at !== null && at < cadence.last_at) return;
  if (cadence.last_at !== null) add(cadence, at - cadence.last_at);
  cadence.last_at = at;
}

/** Mean interval in ms and coefficient of variation (0 = a metronome); null until there are two intervals. */
export const rhythm = (cadence: Cadence): { intervals: number; mean_ms: number; variation: number | null } => ({
  intervals: cadence.n,
  mean_ms: Math.round(cadence.mean),
  variation: variation(cadence),
});
