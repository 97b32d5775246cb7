import type { Bots, Filter } from "../../core/api/filter";
import { atLeast, atMost, DIMENSIONS, NONE } from "../../core/rollup/session-facts";
import { SCORES, type ScoreName } from "../../core/scoring/ledger";
import type { Chosen } from "../store/rollups";

/** What an aggregate is asked for. Pure. */
export interface Question {
  from: number;
  to: number;
  filter: Filter;
  bots: Bots;
}

/** The classes whose sums are in the answer: 0 people, 1 bots. */
export const classesOf = (bots: Bots): readonly (0 | 1)[] =>
  bots === "include" ? [0, 1] : bots === "only" ? [1] : [0];

/**
 * The slice that answers a filter by itself: all sessions, one value of one dimension, or one score in whole bands of
 * ten. Null for anything else, which is answered from rows.
 */
export function sliceFor(filter: Filter): Chosen | null {
  const { site: _, ...rest } = filter;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (given.length === 0) return { dimension: NONE, values: [NONE], crowd: NONE };
  const score = SCORES.find((name) => given.every(([key]) => key === `min_${name}` || key === `max_${name}`));
  if (score) return bandsFor(score, filter[`min_${score}`] ?? 0, filter[`max_${score}`] ?? 100);
  const [only, ...more] = given;
  const dimension = DIMENSIONS.find((name) => name === only?.[0]);
  if (!dimension || more.length > 0) return null;
  const value = String(only?.[1]);
  return { dimension, values: [value], crowd: value };
}

function bandsFor(dimension: ScoreName, low: number, high: number): Chosen | null {
  // The last band goes up to 100: a bound of 99 cuts it.
  const isWhole = low % 10 === 0 && low < 100 && (high === 100 || (high % 10 === 9 && high < 99));
  if (!isWhole) return null;
  const values = Array.from({ length: 10 }, (_, band) => band).filter((band) => band * 10 >= low && band * 10 < high);
  return { dimension, values: values.map(String), crowd: crowdFor(values) };
}

/**
 * The value whose row counts the visitors of neighbouring bands: the band, if it is the only one, or the range that begins or ends
 * the scale. Null if there is none.
 */
function crowdFor(bands: readonly number[]): string | null {
  const [first, last] = [bands[0], bands.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (first === last) return String(first);
  if (last === 9) return first === 0 ? null : atLeast(first);
  return first === 0 ? atMost(last) : null;
}
