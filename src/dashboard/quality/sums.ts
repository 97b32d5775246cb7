import type { SessionRow } from "../api/types";

/** What the sample's rows add up to. Pure. */

export interface RuleSums {
  rule: string;
  /** Sessions in which it counts. */
  sessions: number;
  points: number;
  convicting: boolean;
  /** What it has seen, of one session. */
  evidence: string;
}

/** Which rules made bots of these sessions: those whose points count in the bot score, the most frequent first. */
export function rulesOf(rows: readonly SessionRow[]): RuleSums[] {
  const sums = new Map<string, RuleSums>();
  const add = (rule: string, points: number, convicting: boolean, evidence: string): void => {
    const known = sums.get(rule) ?? { rule, sessions: 0, points: 0, convicting, evidence };
    sums.set(rule, { ...known, sessions: known.sessions + 1, points: known.points + points });
  };
  for (const { ledger = [], verified_bot } of rows) {
    if (verified_bot) add("verified_bot", 0, true, verified_bot);
    for (const line of ledger) {
      if (line.score === "bot" && line.points > 0)
        add(line.rule, line.points, line.class === "convicting", line.evidence);
    }
  }
  return [...sums.values()].sort((a, b) => b.sessions - a.sessions || a.rule.localeCompare(b.rule));
}

export interface Losses {
  received: number;
  missing: number;
  rejected: number;
  gone: number;
  late: number;
  quarantined: number;
}

export function lossesOf(rows: readonly SessionRow[]): Losses {
  const sums: Losses = { received: 0, missing: 0, rejected: 0, gone: 0, late: 0, quarantined: 0 };
  for (const { completeness, late = 0, quarantined = 0 } of rows) {
    sums.received += completeness?.received ?? 0;
    sums.missing += completeness?.missing ?? 0;
    sums.rejected += completeness?.rejected ?? 0;
    sums.gone += completeness?.gone ?? 0;
    sums.late += late;
    sums.quarantined += quarantined;
  }
  return sums;
}

/** Sessions that lack events, those that lack most first. */
export const incomplete = (rows: readonly SessionRow[]): SessionRow[] =>
  rows
    .filter(({ completeness }) => (completeness?.missing ?? 0) > 0)
    .sort((a, b) => (b.completeness?.missing ?? 0) - (a.completeness?.missing ?? 0))
    .slice(0, 20);
