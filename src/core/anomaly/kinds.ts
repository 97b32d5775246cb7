import type { Total } from "../rollup/session-facts";
import { NORMAL_MAD } from "./robust";

/** 7.4 MADs are five standard deviations of a normal distribution: chance goes beyond that in one of 3.5 million hours. */
const ANOMALY_MADS = 7.4;
/**
 * Lower than `ANOMALY_MADS`, because a count cannot fall below 0: a drop from 30 to 0 is only 8 MADs of chance, and fewer where
 * counts vary more.
 */
const ANOMALY_DROP_MADS = 5.5;

/** What is watched, and what makes it an anomaly. Pure. */

/** Sums of one hour or of a window of hours: for people and for bots, by `TOTALS`, and the dead letters. */
export interface Sums {
  people: Readonly<Record<Total, number>>;
  bots: Readonly<Record<Total, number>>;
  dead: number;
}

export interface Measure {
  value: number;
  /** How many sessions, events or letters the value is made of. Of too few it says nothing. */
  weight: number;
}

export interface AnomalyRule {
  name: string;
  /** How many hours are summed. The last of them is judged. */
  hours: number;
  measure: (sums: Sums) => Measure;
  /** 1: too high a value is an anomaly; -1: too low a value. */
  side: 1 | -1;
  /** An hour is judged from this weight on: the weight of the value if `side` is 1, the usual weight if it is -1. */
  least: number;
  /** From how many MADs on the value is an anomaly. */
  mads: number;
  /**
   * The MAD that chance alone makes. It is the least that is used, so that weeks which happen to be alike do not make the next one
   * odd.
   */
  chance: (usual: number, weight: number) => number;
  /** Whether the difference is large enough to matter, however certain it is. */
  matters: (value: number, usual: number) => boolean;
}

const poisson = (usual: number): number => NORMAL_MAD * Math.sqrt(Math.max(1, usual));
/** For a share of `weight` things. The variance is at least 0.01, because a share of 0 or 1 is never certain. */
const binomial = (usual: number, weight: number): number =>
  NORMAL_MAD * Math.sqrt(Math.max(0.01, usual * (1 - usual)) / Math.max(1, weight));

const submissions = ({ people }: Sums): Measure => ({ value: people.submits, weight: people.submits });

const submissionDrop = ({ hours, least }: Pick<AnomalyRule, "hours" | "least">): AnomalyRule => ({
  name: "submission_drop",
  hours,
  side: -1,
  least,
  mads: ANOMALY_DROP_MADS,
  measure: submissions,
  chance: poisson,
  matters: (value, usual) => value <= usual / 3,
});

export const KINDS: readonly AnomalyRule[] = [
  {
    name: "traffic_spike",
    hours: 1,
    side: 1,
    least: 30,
    mads: ANOMALY_MADS,
    measure: ({ people, bots }) => {
      const sessions = people.sessions + bots.sessions;
      return { value: sessions, weight: sessions };
    },
    chance: poisson,
    matters: (value, usual) => value >= usual * 1.75,
  },
  // Two windows: where an hour has too few forms to tell, a day has enough.
  submissionDrop({ hours: 1, least: 15 }),
  submissionDrop({ hours: 24, least: 25 }),
  {
    name: "vpn_ratio",
    hours: 1,
    side: 1,
    least: 40,
    mads: ANOMALY_MADS,
    measure: ({ people }) => ({
      value: people.sessions > 0 ? people.vpn / people.sessions : 0,
      weight: people.sessions,
    }),
    chance: binomial,
    matters: (value, usual) => value - usual >= 0.1,
  },
  {
    name: "completeness_drop",
    hours: 1,
    side: -1,
    least: 200,
    mads: ANOMALY_MADS,
    measure: ({ people }) => ({
      value: people.expected > 0 ? 1 - people.missing / people.expected : 1,
      weight: people.expected,
    }),
    chance: binomial,
    matters: (value, usual) => usual - value >= 0.02,
  },
  {
    name: "dead_letters",
    hours: 1,
    side: 1,
    least: 5,
    mads: ANOMALY_MADS,
    measure: ({ dead }) => ({ value: dead, weight: dead }),
    chance: poisson,
    matters: (value, usual) => value >= usual + 5,
  },
];
