/**
 * Scores and the evidence for each of their points. The rules themselves are data and come with the scores; the set is
 * empty now, so no score is claimed: every one is null, which is not the same as 0.
 */
export interface Scores {
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
}

export interface Firing {
  rule: string;
  score: keyof Scores;
  points: number;
  /** `convicting` opens a case, `supporting` only adds to an open one. */
  class: "convicting" | "supporting";
  at: number;
  seq: number;
  evidence: string;
}

/** Version of the rule set; a session keeps the one it began with. 0: there are no rules yet. */
export const RULES_VERSION = 0;

export interface Judgement {
  label: string | null;
  scores: Scores;
  ledger: Firing[];
}

export const newJudgement = (): Judgement => ({
  label: null,
  scores: { engagement: null, bot: null, vpn: null, risk: null },
  ledger: [],
});
