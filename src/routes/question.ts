import type { Question } from "../aggregates/question";
import { invalidQuery } from "../http/problem";
import { rangeOf } from "../protocol/analytics";
import type { Bots, Filter } from "../protocol/filter";

/** What the queries of aggregates have in common. */
export interface Asked extends Filter {
  from?: number | undefined;
  to?: number | undefined;
  bots: Bots;
}

const FILTERS = [
  ...(["site", "country", "page", "source", "campaign", "device", "label"] as const),
  ...(["min_engagement", "max_engagement", "min_bot", "max_bot"] as const),
  ...(["min_vpn", "max_vpn", "min_risk", "max_risk"] as const),
] as const;

/** The question in a query; 400 if its range runs backwards. */
export function questionOf(query: Asked): Question {
  const range = rangeOf(query, Date.now());
  if (range.from >= range.to) throw invalidQuery("from", "must be before to");
  const given = FILTERS.filter((name) => query[name] !== undefined);
  const filter: Filter = Object.fromEntries(given.map((name) => [name, query[name]]));
  return { ...range, bots: query.bots, filter };
}

/** What every aggregate says of its question: the period, and how many sessions `bots` left out. */
export const saidOf = ({ from, to, bots: mode }: Question, excluded: number) => ({
  period: { from, to },
  bots: { mode, excluded },
});
