import { REALTIME_TOP } from "../limits";
import type { Presence } from "./entry";

/** Who is there, in numbers, and the latest of them. */
export interface RosterSummary {
  visitors: number;
  pages: Record<string, number>;
  countries: Record<string, number>;
  labels: Record<string, number>;
  /** Those seen last first. */
  sessions: Presence[];
}

const count = (counts: Map<string, number>, name: string, n = 1): void => {
  counts.set(name, (counts.get(name) ?? 0) + n);
};

const latest = (sessions: Presence[], limit: number): Presence[] =>
  sessions.sort((a, b) => b.seen_at - a.seen_at || (a.session_id < b.session_id ? -1 : 1)).slice(0, limit);

export function summarize(present: Presence[], limit: number): RosterSummary {
  const [pages, countries, labels] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  for (const { page, country, label } of present) {
    count(pages, page);
    count(countries, country ?? "unknown");
    count(labels, label ?? "unknown");
  }
  return {
    visitors: present.length,
    pages: Object.fromEntries(pages),
    countries: Object.fromEntries(countries),
    labels: Object.fromEntries(labels),
    sessions: latest([...present], limit),
  };
}

/** Of all shards together: counts are added before anything is cut, so the top is exact. */
export function mergeSummaries(parts: RosterSummary[], limit: number) {
  const merged = (field: "pages" | "countries" | "labels"): Map<string, number> => {
    const sum = new Map<string, number>();
    for (const part of parts) for (const [name, n] of Object.entries(part[field])) count(sum, name, n);
    return sum;
  };
  return {
    visitors: parts.reduce((sum, { visitors }) => sum + visitors, 0),
    pages: top(merged("pages"), "page"),
    countries: top(merged("countries"), "country"),
    labels: Object.fromEntries(merged("labels")),
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
