import { withQuery } from "./api/client";
import { place } from "./place";
import { bots, currentSpan, type Span, site, zone } from "./range";

/** Questions about the span, site and bots that the URL names. */

const span = (): Span => currentSpan(place.value.params, Date.now());

type Params = Record<string, string | number | null | undefined>;

/** An aggregate's path. */
export const aggregate = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return withQuery(path, { from, to, site: site.value, bots: bots.value, ...more });
};

/** A list that has no sides of bots. */
export const listed = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return withQuery(path, { from, to, site: site.value, ...more });
};

/** The span of the same length before. */
export const before = (path: string, more: Params = {}): string => {
  const { from, to } = span();
  return aggregate(path, { from: 2 * from - to, to: from, ...more });
};

/** What an answer is kept under: the same as long as the viewer asks the same, however the minutes go by. */
export const asked = (path: string, more: Params = {}): string => {
  const { range, from, to } = place.value.params;
  return withQuery(path, { range, from, to, site: site.value, bots: bots.value, ...more });
};

export { zone };
