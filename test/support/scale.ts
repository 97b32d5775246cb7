import { env } from "cloudflare:workers";

/** How many random cases of a property are tried: the given number by day, ten times as many in the nightly run. */
export const cases = (byDay: number): number => byDay * Number(env.TEST_SCALE);
