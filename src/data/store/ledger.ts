import type { Firing } from "../../core/scoring/ledger";
import type { Rule } from "../../core/scoring/rule";
import { ruleSet } from "../../core/scoring/ruleset";
import { trimmed } from "../../core/tuple";

/** A session's ledger as its row keeps it: lines as lists, without what the rules say themselves. */

/** What times and numbers are told from. */
export interface LedgerRow {
  started_at: number;
  last_seq: number;
}

type Line = [rule: string, at: number, seq: number, evidence: string, weight?: number, points?: number, until?: number];

const ruleOf = (id: string, version: number): Rule | undefined => ruleSet(version).rule(id);

const agrees = ({ score, class: kind, shadow }: Firing, rule: Rule): boolean =>
  score === rule.score && kind === rule.class && shadow === undefined;

/** A line that is not as its rule says is kept whole, and so is one in shadow: there are few. */
export function writeLedger(ledger: readonly Firing[], row: LedgerRow, version: number): unknown[] {
  return ledger.map((firing) => {
    const rule = ruleOf(firing.rule, version);
    if (!rule || !agrees(firing, rule)) return firing;
    const { at, seq, evidence, weight, points, withdrawn_at } = firing;
    const withdrawn = withdrawn_at === undefined ? undefined : withdrawn_at - row.started_at;
    const line = [firing.rule, at - row.started_at, row.last_seq - seq, evidence, weight, points, withdrawn];
    return trimmed(line, [null, null, null, null, rule.points, weight, undefined]);
  });
}

const isLine = (line: unknown): line is Line => Array.isArray(line);

export function readLedger(stored: readonly unknown[], row: LedgerRow, version: number): Firing[] {
  return stored.map((line) => {
    if (!isLine(line)) return line as Firing;
    const [id, after, before, evidence, given, counted, until] = line;
    const rule = ruleOf(id, version);
    if (!rule) throw new Error(`no rule ${id} in version ${version}`);
    const weight = given ?? rule.points;
    const { score, class: kind } = rule;
    const points = counted ?? weight;
    const firing: Firing = {
      rule: id,
      score,
      points,
      weight,
      class: kind,
      at: row.started_at + after,
      seq: row.last_seq - before,
      evidence,
    };
    if (until !== undefined) firing.withdrawn_at = row.started_at + until;
    return firing;
  });
}

/** The rules whose points made a session a bot, by any form of its ledger. */
export function botRules(stored: readonly unknown[], version: number): string[] {
  const firings = readLedger(stored, { started_at: 0, last_seq: 0 }, version);
  return [...new Set(firings.filter(({ score, points }) => score === "bot" && points > 0).map(({ rule }) => rule))];
}
