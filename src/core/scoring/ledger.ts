/**
 * Scores and the evidence for each of their points. A session that began before there were rules has none: its scores
 * are null, which is not the same as 0.
 */
export interface Scores {
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
}

export type ScoreName = keyof Scores;

export const SCORES = ["engagement", "bot", "vpn", "risk"] as const satisfies readonly ScoreName[];

/** Scores are sums, capped. */
export const SCORE_MAX = 100;

/**
 * One line for each rule that has fired. A score is the sum of its lines' `points`, at most 100. A supporting rule without
 * an open case, a shadow rule and a withdrawn one have 0 points; `weight` is what they would add.
 */
export interface Firing {
  rule: string;
  score: ScoreName;
  /** Points that count in the score now. */
  points: number;
  /** Points the rule gave when it fired. */
  weight: number;
  /** `convicting` opens a case, `supporting` only adds to an open one. */
  class: "convicting" | "supporting";
  /** Time and seq of the entry that made it fire, at this weight. */
  at: number;
  seq: number;
  evidence: string;
  /** From a shadow rule: recorded, never counted. */
  shadow?: true;
  /** Since when its finding no longer holds, epoch ms. */
  withdrawn_at?: number;
}

/** `bot` and `suspect` by the bot score, `bot` also for a bot that the edge has verified. */
export const LABELS = ["human", "suspect", "bot"] as const;
export type Label = (typeof LABELS)[number];

export interface Judgement {
  label: Label | null;
  scores: Scores;
  ledger: Firing[];
}

export const newJudgement = (): Judgement => ({
  label: null,
  scores: { engagement: null, bot: null, vpn: null, risk: null },
  ledger: [],
});

/** Bot score from which a session is a suspect, and from which it is a bot. */
export const SUSPECT_FROM = 25;
export const BOT_FROM = 60;

const BANDS = [
  [71, "hot"],
  [46, "engaged"],
  [21, "warm"],
  [0, "cold"],
] as const;

export type Band = (typeof BANDS)[number][1];

/** Engagement in a word: 0-20 cold, 21-45 warm, 46-70 engaged, 71-100 hot. */
export const bandOf = (engagement: number | null): Band | null =>
  engagement === null ? null : (BANDS.find(([from]) => engagement >= from)?.[1] ?? "cold");

/** What the tracker may tell its page about the session. */
export interface Exposed {
  score: number;
  band: Band;
}

/** Null where there is no score: the session began before there were rules. */
export function exposedOf({ scores: { engagement: score } }: Judgement): Exposed | null {
  const band = bandOf(score);
  return score === null || band === null ? null : { score, band };
}

/** First score of each band, lowest band first. */
export const BAND_FLOORS: readonly (readonly [Band, number])[] = BANDS.map(
  ([from, band]) => [band, from] as const,
).reverse();
