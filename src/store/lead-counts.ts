import type { Bots, Filter } from "../protocol/filter";
import { type Condition, conditionsOf, joinConditions } from "./facts";

/** Leads in aggregates: counted by when they came in, straight from their rows. */

/** Of leads alone: the verdict of the session that they came from. */
const BOTS: Record<Bots, Condition[]> = {
  exclude: [["l.label IS NOT 'bot'"]],
  include: [],
  only: [["l.label = 'bot'"]],
};

/** Leads of each window; with a filter, those whose session passes it. */
export async function countLeads(
  db: D1Database,
  windows: readonly { from: number; to: number }[],
  filter: Filter,
  bots: Bots,
): Promise<number[]> {
  const { site, ...rest } = filter;
  const ofSession = conditionsOf(rest, "s.");
  const isJoined = ofSession.length > 0;
  const conditions = joinConditions([
    ["l.created_at >= w.value ->> 0"],
    ["l.created_at < w.value ->> 1"],
    ...(site === undefined ? [] : [["l.site = ?", site] as const]),
    ...BOTS[bots],
    ...ofSession,
  ]);
  const counts = windows.map(() => 0);
  const { results } = await db
    .prepare(
      `SELECT w.key AS i, count(*) AS leads FROM json_each(?) AS w CROSS JOIN leads AS l
       ${isJoined ? "CROSS JOIN sessions AS s ON s.session_id = l.session_id" : ""}
       WHERE ${conditions.sql} GROUP BY w.key`,
    )
    .bind(JSON.stringify(windows.map(({ from, to }) => [from, to])), ...conditions.values)
    .all<{ i: number; leads: number }>();
  for (const { i, leads } of results) counts[i] = leads;
  return counts;
}
