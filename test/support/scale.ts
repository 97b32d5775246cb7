import { env } from "cloudflare:workers";

/** How many random cases of a property are tried: as many as said by day, ten times as many by night. */
export const cases = (byDay: number): number => byDay * Number(env.TEST_SCALE);
