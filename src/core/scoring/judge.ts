import { Topic } from "../signals/topic";
import { BOT_FROM, type Firing, type Label, SCORE_MAX, SCORES, SUSPECT_FROM } from "./ledger";
import { isMissing } from "./needs";
import type { Rule } from "./rule";
import type { RuleSet } from "./ruleset";
import type { Scored } from "./scored";

/**
 * Asks the rules that watch one of `topics`, and brings ledger, scores and label up to date. `at`: the time of the entry that
 * touched them, epoch ms. Changes `state` and nothing else. Rules that read the other scores are asked last, so that one
 * round is enough.
 */
export function judge(state: Scored, topics: number, set: RuleSet, at: number): void {
  let changed = ask(state, set.watching(topics), at);
  if (changed) total(state);
  if (changed || topics & Topic.scores) {
    changed = ask(state, set.watching(Topic.scores), at) || changed;
    if (changed) total(state);
  }
}

/** True when the ledger has changed. */
function ask(state: Scored, rules: readonly Rule[], at: number): boolean {
  let changed = false;
  for (const rule of rules) if (askOne(state, rule, at)) changed = true;
  return changed;
}

function askOne(state: Scored, rule: Rule, at: number): boolean {
  const { ledger } = state.judgement;
  const finding = rule.needs?.some((need) => isMissing(state, need)) ? null : rule.test(state);
  const line = ledger.find((firing) => firing.rule === rule.id);
  if (!finding) {
    if (!line || line.withdrawn_at !== undefined) return false;
    line.withdrawn_at = Math.max(line.at, at);
    return true;
  }
  const weight = finding.points ?? rule.points;
  if (line && line.withdrawn_at === undefined && line.weight === weight) return false;
  const firing: Firing = {
    rule: rule.id,
    score: rule.score,
    points: 0,
    weight,
    class: rule.class,
    at,
    seq: state.seq,
    evidence: finding.evidence,
    ...(rule.shadow && { shadow: true }),
  };
  if (line) ledger[ledger.indexOf(line)] = firing;
  else ledger.push(firing);
  return true;
}

const stands = (firing: Firing): boolean => !firing.shadow && firing.withdrawn_at === undefined;

/** Each line's points, the scores, and the label. */
function total(state: Scored): void {
  const { judgement } = state;
  for (const score of SCORES) {
    const lines = judgement.ledger.filter((firing) => firing.score === score);
    const isOpen = lines.some((firing) => firing.class === "convicting" && stands(firing));
    let sum = 0;
    for (const line of lines) {
      line.points = isOpen && stands(line) ? line.weight : 0;
      sum += line.points;
    }
    judgement.scores[score] = Math.min(SCORE_MAX, sum);
  }
  judgement.label = labelOf(judgement.scores.bot ?? 0);
}

export const labelOf = (bot: number): Label => (bot >= BOT_FROM ? "bot" : bot >= SUSPECT_FROM ? "suspect" : "human");

/** Opens a new session's judgement: all scores 0, label human. */
export function open(state: Scored): void {
  state.judgement.scores = { engagement: 0, bot: 0, vpn: 0, risk: 0 };
  state.judgement.label = "human";
}
