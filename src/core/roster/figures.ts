import type { Health } from "./entry";

/** What one shard knows for the operator. Sums add up over shards, maxima are the worst of them. */
export interface RosterFigures {
  visitors: number;
  sessions: number;
  reports: number;
  journal_entries: number;
  journal_entries_max: number;
  flush_lag_ms_max: number;
  /** Sessions whose last write to a store failed, and their failures in a row. */
  retrying: { d1: number; r2: number };
  attempts: { d1: number; r2: number };
  alarms_overdue: number;
  alarm_overdue_ms_max: number;
  quarantined: number;
  /** Events that only R2 holds. */
  shed: number;
  refused: Record<string, number>;
  limits: Record<string, number>;
}

type Counted = Pick<RosterFigures, "visitors" | "reports" | "refused" | "limits">;

export function figuresOf(health: readonly Health[], counted: Counted): RosterFigures {
  const sum = (value: (one: Health) => number): number => health.reduce((total, one) => total + value(one), 0);
  const max = (value: (one: Health) => number): number => health.reduce((most, one) => Math.max(most, value(one)), 0);
  return {
    ...counted,
    sessions: health.length,
    journal_entries: sum((one) => one.journal_entries),
    journal_entries_max: max((one) => one.journal_entries),
    flush_lag_ms_max: max((one) => one.flush_lag_ms),
    retrying: {
      d1: sum(({ attempts }) => Number(attempts.d1 > 0)),
      r2: sum(({ attempts }) => Number(attempts.r2 > 0)),
    },
    attempts: { d1: sum(({ attempts }) => attempts.d1), r2: sum(({ attempts }) => attempts.r2) },
    alarms_overdue: sum((one) => Number(one.alarm_overdue_ms > 0)),
    alarm_overdue_ms_max: max((one) => one.alarm_overdue_ms),
    quarantined: sum((one) => one.quarantined),
    shed: sum((one) => one.shed ?? 0),
  };
}

/** Adds `more` to `counts`, which it changes. */
export function addCounts(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, n] of Object.entries(more)) {
    counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + n;
  }
}
