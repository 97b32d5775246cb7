// Random numbers that are the same in every run.

/** In [0, 1). */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Evenly between two numbers. */
export const between = (random: () => number, low: number, high: number) => low + random() * (high - low);

/** Normally distributed, mean 0, deviation 1 (Box and Muller). */
export const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Log-normally distributed, as reaction and reading times are. `spread`: deviation of the logarithm. */
export const lognormal = (random: () => number, median: number, spread: number) =>
  median * Math.exp(spread * normal(random));
