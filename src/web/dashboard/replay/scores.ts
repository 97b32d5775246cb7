import type { Label, Scores } from "../../../core/scoring/ledger";
import { SCORE_MAX } from "../../../core/scoring/ledger";
import type { Entry } from "../../../core/session/entry";
import { apply } from "../../../core/session/fold";
import { newState } from "../../../core/session/state";
import type { Firing } from "../api/types";

/** Scores from a moment on. */
export interface ScoreStep {
  at: number;
  scores: Scores;
  label: Label | null;
}

const isSame = (a: Scores, b: Scores): boolean =>
  a.engagement === b.engagement && a.bot === b.bot && a.vpn === b.vpn && a.risk === b.risk;

/** The scores as they moved: the log folded by the very code that scored the session while it happened. */
function folded(entries: readonly Entry[]): ScoreStep[] {
  const steps: ScoreStep[] = [];
  const state = newState((entries[0]?.seq ?? 1) - 1);
  for (const entry of entries) {
    // The fold may keep and change what it is given.
    apply(state, structuredClone(entry));
    const { scores, label } = state.judgement;
    const last = steps.at(-1);
    if (!last || !isSame(last.scores, scores) || last.label !== label)
      steps.push({ at: entry.at, scores: { ...scores }, label });
  }
  return steps;
}

/** From the ledger alone: what its lines give now, from when each of them fired. */
function summed(ledger: readonly Firing[], from: number): ScoreStep[] {
  const steps: ScoreStep[] = [{ at: from, scores: { engagement: 0, bot: 0, vpn: 0, risk: 0 }, label: null }];
  for (const { at, score, points } of ledger.toSorted((a, b) => a.at - b.at)) {
    const { scores } = steps.at(-1) ?? { scores: { engagement: 0, bot: 0, vpn: 0, risk: 0 } };
    const next = { ...scores, [score]: Math.min(SCORE_MAX, (scores[score] ?? 0) + points) };
    steps.push({ at, scores: next, label: null });
  }
  return steps;
}

/** Scores over time, of the log where that is whole. A log that a newer version wrote may not be foldable by this page. */
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
