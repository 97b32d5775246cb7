import { withQuery } from "./api/client";
import { place } from "./place";
import { bots, currentSpan, type Span, site, zone } from "./range";

/** Paths of questions, with the span, site and bots that the URL names. */

const span = (): Span => currentSpan(place.value.params, Date.now());

type Params = Record<string, string | number | null | undefined>;

/** An aggregate's path. */
export const aggregate = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return withQuery(path, { from, to, site: site.value, bots: bots.value, ...more });
};

/** The path of a list that takes no `bots`. */
export const listed = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return withQuery(path, { from, to, site: site.value, ...more });
};

/** An aggregate's path for the span of the same length just before. */
export const before = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return aggregate(path, { from: 2 * from - to, to: from, ...more });
};

/** The name an answer is kept under. It stays the same while only the clock moves on. */
export const asked = (path: string, more: Params = {}): string => {
  const { range, from, to } = place.value.params;
  return withQuery(path, { range, from, to, site: site.value, bots: bots.value, ...more });
};

export { zone };
