import type { Label, Scores } from "../../../core/scoring/ledger";
import { SCORE_MAX } from "../../../core/scoring/ledger";
import type { Entry } from "../../../core/session/entry";
import { apply } from "../../../core/session/fold/fold";
import { newState } from "../../../core/session/fold/state";
import type { Firing } from "../api/types";

/** The scores from `at` until the next step. */
export interface ScoreStep {
  at: number;
  scores: Scores;
  label: Label | null;
}

const isSame = (a: Scores, b: Scores): boolean =>
  a.engagement === b.engagement && a.bot === b.bot && a.vpn === b.vpn && a.risk === b.risk;

/** Folds the log with the code that scored the session live. */
function folded(entries: readonly Entry[]): ScoreStep[] {
  const steps: ScoreStep[] = [];
  const state = newState((entries[0]?.seq ?? 1) - 1);
  for (const entry of entries) {
    // The fold may keep and change its entry, so it gets a copy.
    apply(state, structuredClone(entry));
    const { scores, label } = state.judgement;
    const last = steps.at(-1);
    if (!last || !isSame(last.scores, scores) || last.label !== label)
      steps.push({ at: entry.at, scores: { ...scores }, label });
  }
  return steps;
}

/** From the ledger alone: from the time that it fired, each line adds the points that it has now. Withdrawals are not shown. */
function summed(ledger: readonly Firing[], from: number): ScoreStep[] {
  const steps: ScoreStep[] = [{ at: from, scores: { engagement: 0, bot: 0, vpn: 0, risk: 0 }, label: null }];
  for (const { at, score, points } of ledger.toSorted((a, b) => a.at - b.at)) {
    const { scores } = steps.at(-1) ?? { scores: { engagement: 0, bot: 0, vpn: 0, risk: 0 } };
    const next = { ...scores, [score]: Math.min(SCORE_MAX, (scores[score] ?? 0) + points) };
    steps.push({ at, scores: next, label: null });
  }
  return steps;
}

/** Scores over time: by folding a whole log, otherwise from the ledger. The fold may fail on a log of a newer version. */
export function scoresOver(entries: readonly Entry[], ledger: readonly Firing[], isWhole: boolean): ScoreStep[] {
  const from = entries[0]?.at ?? 0;
  if (!isWhole || entries[0]?.kind !== "start") return summed(ledger, from);
  try {
    return folded(entries);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return summed(ledger, from);
  }
}
