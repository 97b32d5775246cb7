import type { Firing } from "../../../core/scoring/ledger";
import type { Rule } from "../../../core/scoring/rule";
import { ruleSet } from "../../../core/scoring/ruleset";
import { trimmed } from "../../../core/tuple";
import type { SessionColumns } from "./columns";

/** A session's ledger as its row keeps it: lines as lists, without what the rules say themselves. */

/** Times and seqs are stored as distances from these. */
export type LedgerColumns = Pick<SessionColumns, "started_at" | "last_seq">;

/** The optional ones are left out where they are the usual ones. */
type LedgerLineV2 = [
  rule: string,
  /** ms after the session's start. */
  after: number,
  /** Seqs before the row's last. */
  before: number,
  evidence: string,
  /** Usually the rule's points. */
  weight?: number,
  /** Usually the weight. */
  points?: number,
  /** ms after the session's start; usually none. */
  withdrawn?: number,
];

const ruleOf = (id: string, version: number): Rule | undefined => ruleSet(version).rule(id);

const isAsRuled = ({ score, class: kind, shadow }: Firing, rule: Rule): boolean =>
  score === rule.score && kind === rule.class && shadow === undefined;

/** A firing that is not as its rule says, or that is in shadow, is kept whole: there are few. */
export function writeLedger(ledger: readonly Firing[], row: LedgerColumns, version: number): unknown[] {
  return ledger.map((firing) => {
    const rule = ruleOf(firing.rule, version);
    return rule && isAsRuled(firing, rule) ? writeLine(firing, row, rule) : firing;
  });
}

function writeLine(firing: Firing, row: LedgerColumns, rule: Rule): unknown[] {
  const { at, seq, evidence, weight, points, withdrawn_at } = firing;
  const withdrawn = withdrawn_at === undefined ? undefined : withdrawn_at - row.started_at;
  const line = [firing.rule, at - row.started_at, row.last_seq - seq, evidence, weight, points, withdrawn];
  return trimmed(line, [null, null, null, null, rule.points, weight, undefined]);
}

export const readLedger = (stored: readonly unknown[], row: LedgerColumns, version: number): Firing[] =>
  stored.map((line) => {
    if (isLine(line)) return readLine(line, row, version);
    if (isFiring(line)) return line;
    throw new Error("a line of a ledger is neither a list nor a firing");
  });

function readLine(line: LedgerLineV2, row: LedgerColumns, version: number): Firing {
  const [id, after, before, evidence, ownWeight, ownPoints, withdrawn] = line;
  const rule = ruleOf(id, version);
  if (!rule) throw new Error(`no rule ${id} in version ${version}`);
  const weight = ownWeight ?? rule.points;
  const firing: Firing = {
    rule: id,
    score: rule.score,
    points: ownPoints ?? weight,
    weight,
    class: rule.class,
    at: row.started_at + after,
    seq: row.last_seq - before,
    evidence,
  };
  if (withdrawn !== undefined) firing.withdrawn_at = row.started_at + withdrawn;
  return firing;
}

const isLine = (line: unknown): line is LedgerLineV2 => Array.isArray(line) && typeof line[0] === "string";

const isFiring = (line: unknown): line is Firing => typeof line === "object" && line !== null && "rule" in line;

/** The rules whose points made a session a bot, in any form of its ledger. */
export function botRules(stored: readonly unknown[], version: number): string[] {
  const firings = readLedger(stored, { started_at: 0, last_seq: 0 }, version);
  return [...new Set(firings.filter(({ score, points }) => score === "bot" && points > 0).map(({ rule }) => rule))];
}
