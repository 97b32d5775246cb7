// Random numbers of the samples: the same in every run.
import { seeded as mulberry, type Random } from "../lib/random.ts";

/** Seeds that are close to each other give numbers that are not. */
export const seeded = (seed: number): Random => mulberry(Math.imul(seed, 2_654_435_761));

/** Evenly between two numbers. */
export const between = (random: Random, low: number, high: number) => low + random() * (high - low);

/** Normally distributed, mean 0, deviation 1 (Box and Muller). */
export const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Log-normally distributed, as reaction and reading times are. `spread`: deviation of the logarithm. */
export const lognormal = (random: Random, median: number, spread: number) => median * Math.exp(spread * normal(random));
