import type { Bots } from "../api/filter";
import type { Presence } from "./entry";
import { countVisitors, type Here, isAsked } from "./people";

/** How many pages, and how many countries, are shown. */
export const REALTIME_TOP = 10;

/** How many are there, and the latest of them. */
export interface RosterSummary {
  visitors: number;
  pages: Record<string, number>;
  countries: Record<string, number>;
  labels: Record<string, number>;
  /** Visitors left out because of `bots`. */
  excluded: number;
  /** The session seen last comes first. */
  sessions: Presence[];
}

const latest = (sessions: Presence[], limit: number): Presence[] =>
  sessions.sort((a, b) => b.seen_at - a.seen_at || (a.session_id < b.session_id ? -1 : 1)).slice(0, limit);

/** Different visitors by a value of their sessions. */
function visitorsBy(here: readonly Here[], nameOf: (presence: Presence) => string): Record<string, number> {
  const groups = Map.groupBy(here, ({ presence }) => nameOf(presence));
  return Object.fromEntries([...groups].map(([value, some]) => [value, countVisitors(some)]));
}

/** `here` has all sessions of some visitors. Only those that `bots` asks for are counted and shown. */
export function summarize(here: readonly Here[], bots: Bots, limit: number): RosterSummary {
  const some = here.filter(({ presence }) => isAsked(presence, bots));
  const others = here.filter(({ presence }) => !isAsked(presence, bots));
  return {
    visitors: countVisitors(some),
    pages: visitorsBy(some, ({ page }) => page),
    countries: visitorsBy(some, ({ country }) => country ?? "unknown"),
    labels: visitorsBy(some, ({ label }) => label ?? "unknown"),
    excluded: countVisitors(others),
    sessions: latest(
      some.map(({ presence }) => presence),
      limit,
    ),
  };
}

/**
 * Merges the summaries of all shards. The counts are exact, because a visitor is in one shard only, and counts are added before
 * anything is cut.
 */
export function mergeSummaries(parts: RosterSummary[], bots: Bots, limit: number) {
  const merged = (field: "pages" | "countries" | "labels"): Map<string, number> => {
    const sum = new Map<string, number>();
    for (const part of parts) {
      for (const [name, n] of Object.entries(part[field])) sum.set(name, (sum.get(name) ?? 0) + n);
    }
    return sum;
  };
  return {
    visitors: parts.reduce((sum, { visitors }) => sum + visitors, 0),
    pages: top(merged("pages"), "page"),
    countries: top(merged("countries"), "country"),
    labels: Object.fromEntries(merged("labels")),
    bots: { mode: bots, excluded: parts.reduce((sum, { excluded }) => sum + excluded, 0) },
    sessions: latest(
      parts.flatMap(({ sessions }) => sessions),
      limit,
    ),
  };
}

function top<K extends string>(counts: Map<string, number>, name: K): ({ visitors: number } & Record<K, string>)[] {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, REALTIME_TOP);
  return sorted.map(([value, visitors]) => ({ [name]: value, visitors }) as { visitors: number } & Record<K, string>);
}
