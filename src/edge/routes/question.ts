import type { Env } from "../../bindings";
import { rangeOf } from "../../core/api/analytics";
import { type Bots, FILTERS, type Filter } from "../../core/api/filter";
import { pageName } from "../../core/sources/page";
import type { Question } from "../../data/aggregates/question";
import { siteSettings, trailingSlashes } from "../../ops/site-settings";
import { invalidQuery } from "../../protocol/problem";

/** What all queries of aggregates have. */
export interface AggregateQuery extends Filter {
  from?: number | undefined;
  to?: number | undefined;
  bots: Bots;
}

/**
 * The query with its page as the site names it: a site may drop the slash of `/a/`. 400 for a question about all sites if they
 * differ in that, because then no one name finds the page on each of them.
 */
export async function withSitesPage<Query extends Filter>(env: Env, query: Query): Promise<Query> {
  const { page, site } = query;
  const dropped = page && pageName(page, "drop");
  if (dropped === page) return query;
  const settings = site === undefined ? await trailingSlashes(env) : [(await siteSettings(env, site)).trailing_slash];
  if (settings.length > 1)
    throw invalidQuery("site", "sites differ in trailing_slash: name one, or a page without the slash");
  return settings[0] === "drop" ? { ...query, page: dropped } : query;
}

/** A query as the stores are asked it; 400 if its range runs backwards. */
export function questionOf(query: AggregateQuery): Question {
  const range = rangeOf(query, Date.now());
  if (range.from >= range.to) throw invalidQuery("from", "must be before to");
  const given = FILTERS.filter((name) => query[name] !== undefined);
  const filter: Filter = Object.fromEntries(given.map((name) => [name, query[name]]));
  return { ...range, bots: query.bots, filter };
}

/** What every answer repeats from its question: the period, and how many sessions `bots` left out. */
export const saidOf = ({ from, to, bots: mode }: Question, excluded: number) => ({
  period: { from, to },
  bots: { mode, excluded },
});
