/** Mean and spread of a series, by Welford's running method: constant memory, no list kept. */
export interface Spread {
  n: number;
  mean: number;
  /** Sum of squared differences from the mean. */
  m2: number;
}

export const newSpread = (): Spread => ({ n: 0, mean: 0, m2: 0 });

/** Counts a value. Changes `spread`. */
export function add(spread: Spread, value: number): void {
  const delta = value - spread.mean;
  spread.n += 1;
  spread.mean += delta / spread.n;
  spread.m2 += delta * (value - spread.mean);
}

/** Coefficient of variation: 0 is a metronome, about 1 a random process. Null until there are two values. */
export const variation = ({ n, mean, m2 }: Spread): number | null =>
  n > 1 && mean > 0 ? Math.sqrt(m2 / (n - 1)) / mean : null;
