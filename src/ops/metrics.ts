import { addCounts, type RosterFigures } from "../core/roster/figures";
import { DATABASE_MAX_BYTES, DATABASE_SHED_BYTES } from "../limits";
import type { SiteBudget } from "./site-budgets";

/** The operator's figures as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/ */

type MetricSample = [labels: Record<string, string>, value: number];

const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function family(name: string, type: "gauge" | "counter", help: string, samples: MetricSample[]): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `pulsegate_${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
  });
  return [`# HELP pulsegate_${name} ${help}`, `# TYPE pulsegate_${name} ${type}`, ...lines].join("\n");
}

const byLabel = (label: string, counts: Record<string, number>): MetricSample[] =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => [{ [label]: name }, n]);

export interface OperatorFigures {
  shards: RosterFigures[];
  /** Shards that did not answer. The sums lack them. */
  failed: number;
  /** When retention last came to its end, epoch ms; null before the first run. */
  retention_finished_at: number | null;
  /** Null if they could not be read. */
  budgets: SiteBudget[] | null;
  database_bytes: number | null;
}

/** Figures of budgets and of the database. */
function spending({ budgets, database_bytes }: OperatorFigures): string[] {
  const bySite = (value: (one: SiteBudget) => number): MetricSample[] =>
    (budgets ?? []).map((one) => [{ site: one.site }, value(one)]);
  const families: string[] = [];
  if (budgets !== null) {
    const spent = bySite((one) => one.spent_bytes);
    const most = bySite((one) => one.budget_bytes);
    families.push(
      family("site_spent_bytes", "gauge", "Bytes that a site has spent of its budget today (UTC).", spent),
      family("site_budget_bytes", "gauge", "Bytes that it may spend in a day.", most),
    );
  }
  if (database_bytes !== null) families.push(gauge("database_bytes", "Size of the database.", database_bytes));
  families.push(
    gauge("database_shed_bytes", "Size from which events go to the archive only.", DATABASE_SHED_BYTES),
    gauge("database_max_bytes", "The most that one database holds.", DATABASE_MAX_BYTES),
  );
  return families;
}

const gauge = (name: string, help: string, value: number): string => family(name, "gauge", help, [[{}, value]]);

export function renderMetrics(operation: OperatorFigures): string {
  const { shards, failed, retention_finished_at } = operation;
  const sum = (value: (one: RosterFigures) => number): number => shards.reduce((total, one) => total + value(one), 0);
  const max = (value: (one: RosterFigures) => number): number =>
    shards.reduce((most, one) => Math.max(most, value(one)), 0);
  const merged = (field: "refused" | "limits"): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const one of shards) addCounts(counts, one[field]);
    return counts;
  };
  const byStore = (value: (one: RosterFigures, store: "d1" | "r2") => number): MetricSample[] =>
    (["d1", "r2"] as const).map((store) => [{ store }, sum((one) => value(one, store))]);
  const parts = [
    gauge(
      "visitors",
      "Visitors on all sites now, without bots.",
      sum((one) => one.visitors),
    ),
    gauge(
      "sessions_reporting",
      "Sessions heard of in the last five minutes.",
      sum((one) => one.sessions),
    ),
    gauge(
      "flush_lag_seconds_max",
      "Longest time a flush that is due has waited.",
      max((one) => one.flush_lag_ms_max) / 1_000,
    ),
    gauge(
      "journal_entries",
      "Journal entries that are not in both stores yet.",
      sum((one) => one.journal_entries),
    ),
    gauge(
      "journal_entries_max",
      "The deepest journal.",
      max((one) => one.journal_entries_max),
    ),
    family(
      "flush_retrying",
      "gauge",
      "Sessions whose last write to a store failed.",
      byStore((one, store) => one.retrying[store]),
    ),
    family(
      "flush_attempts",
      "gauge",
      "Failed writes in a row, of all of those.",
      byStore((one, store) => one.attempts[store]),
    ),
    gauge(
      "alarms_overdue",
      "Sessions whose alarm was due when they reported.",
      sum((one) => one.alarms_overdue),
    ),
    gauge("alarm_overdue_seconds_max", "The longest of those.", max((one) => one.alarm_overdue_ms_max) / 1_000),
    gauge(
      "quarantined_events",
      "Events that D1 refused for good, of sessions heard of lately.",
      sum((one) => one.quarantined),
    ),
    gauge(
      "shed_events",
      "Events that only the archive holds, of sessions heard of lately.",
      sum((one) => one.shed),
    ),
    ...spending(operation),
    family("rejected_events_total", "counter", "Events refused, by code.", byLabel("code", merged("refused"))),
    family("limits_hit_total", "counter", "Calls refused by a session's limits.", byLabel("limit", merged("limits"))),
    family("roster_reports_total", "counter", "Reports the roster has had.", [[{}, sum((one) => one.reports)]]),
    gauge("roster_shards_failed", "Shards of the roster that did not answer.", failed),
  ];
  if (retention_finished_at !== null) {
    const seconds = retention_finished_at / 1_000;
    parts.push(gauge("retention_finished_timestamp_seconds", "When retention last came to its end.", seconds));
  }
  return `${parts.join("\n")}\n`;
}
