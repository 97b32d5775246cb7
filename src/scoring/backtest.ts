import type { Entry } from "../session/entry";
import { apply } from "../session/fold";
import { newState, type SessionState } from "../session/state";
import { type Label, SCORES, type ScoreName } from "./ledger";
import { type RuleSet, ruleSet } from "./ruleset";

/** Folds a session's log from its first entry, by its own rules or by others. */
export function foldLog(log: readonly Entry[], rules?: RuleSet): SessionState {
  const state = newState((log[0]?.seq ?? 1) - 1);
  for (const entry of log) apply(state, entry, rules);
  return state;
}

export interface Backtest {
  sessions: number;
  /** By label before and after, `human → suspect`; sessions without a label before are `none`. */
  transitions: Record<string, number>;
  /** By score: how many sessions are in each tenth, 0-9, 10-19, …, 90-100. */
  distributions: Record<ScoreName, number[]>;
  /** By rule: sessions in which it stands at the end, shadow rules too. */
  firings: Record<string, number>;
}

export const newBacktest = (): Backtest => ({
  sessions: 0,
  transitions: {},
  distributions: { engagement: tenths(), bot: tenths(), vpn: tenths(), risk: tenths() },
  firings: {},
});

const tenths = (): number[] => new Array<number>(10).fill(0);
const nameOf = (label: Label | null): string => label ?? "none";

/** Adds one session: its log by the rules it was scored with, against `rules`. */
export function backtestOne(into: Backtest, log: readonly Entry[], rules: RuleSet): void {
  const before = foldLog(log, ruleSet(foldedVersion(log))).judgement;
  const after = foldLog(log, rules).judgement;
  into.sessions += 1;
  const transition = `${nameOf(before.label)} → ${nameOf(after.label)}`;
  into.transitions[transition] = (into.transitions[transition] ?? 0) + 1;
  for (const score of SCORES) {
    const tenth = Math.min(9, Math.floor((after.scores[score] ?? 0) / 10));
    into.distributions[score][tenth] = (into.distributions[score][tenth] ?? 0) + 1;
  }
  for (const { rule, withdrawn_at } of after.ledger) {
    if (withdrawn_at === undefined) into.firings[rule] = (into.firings[rule] ?? 0) + 1;
  }
}

function foldedVersion(log: readonly Entry[]): number {
  const start = log.find((entry) => entry.kind === "start");
  return start?.kind === "start" ? start.rules_version : 0;
}
