import type { Total } from "../rollup/facts";
import { NORMAL_MAD } from "./robust";

/** 7.4 MADs are five standard deviations of a normal distribution: by chance once in 3.5 million hours. */
const ANOMALY_MADS = 7.4;
/** A count cannot fall below nothing: 30 that become none are 8 MADs of chance off, and less where it varies more. */
const ANOMALY_DROP_MADS = 5.5;

/** What is watched, and what makes it an anomaly. Pure. */

/** Sums of one hour, or of the hours of a window: of people and of bots, by `TOTALS`; and dead letters. */
export interface Sums {
  people: Readonly<Record<Total, number>>;
  bots: Readonly<Record<Total, number>>;
  dead: number;
}

export interface Measure {
  value: number;
  /** Of how many sessions, events or letters it is made: too few say nothing. */
  weight: number;
}

export interface Kind {
  name: string;
  /** Hours looked at together, the last of them the one that is judged. */
  hours: number;
  measure: (sums: Sums) => Measure;
  /** 1: too much is an anomaly; -1: too little. */
  side: 1 | -1;
  /** Least weight of the value, if too much is the anomaly, or of what is usual, if too little is. */
  least: number;
  /** MADs from which on it is one. */
  mads: number;
  /** What chance alone makes of a value, as a MAD: weeks that happen to be alike do not make the next one odd. */
  chance: (usual: number, weight: number) => number;
  /** Whether the difference matters, however sure it is. */
  matters: (value: number, usual: number) => boolean;
}

const poisson = (usual: number): number => NORMAL_MAD * Math.sqrt(Math.max(1, usual));
/** Of a share, of `weight` things. Never quite 0, because a share of 0 or 1 is never quite certain. */
const binomial = (usual: number, weight: number): number =>
  NORMAL_MAD * Math.sqrt(Math.max(0.01, usual * (1 - usual)) / Math.max(1, weight));

const submissions = ({ people }: Sums): Measure => ({ value: people.submits, weight: people.submits });
const isThird = (value: number, usual: number): boolean => value <= usual / 3;

export const KINDS: readonly Kind[] = [
  {
    ...{ name: "traffic_spike", hours: 1, side: 1, least: 30, mads: ANOMALY_MADS },
    measure: ({ people, bots }) => {
      const sessions = people.sessions + bots.sessions;
      return { value: sessions, weight: sessions };
    },
    chance: poisson,
    matters: (value, usual) => value >= usual * 1.75,
  },
  // Where an hour has few forms, a day has enough to tell.
  ...([1, 24] as const).map((hours): Kind => {
    const base = { name: "submission_drop", hours, side: -1, least: hours === 1 ? 15 : 25 } as const;
    return { ...base, mads: ANOMALY_DROP_MADS, measure: submissions, chance: poisson, matters: isThird };
  }),
  {
    ...{ name: "vpn_ratio", hours: 1, side: 1, least: 40, mads: ANOMALY_MADS },
    measure: ({ people }) => ({
      value: people.sessions > 0 ? people.vpn / people.sessions : 0,
      weight: people.sessions,
    }),
    chance: binomial,
    matters: (value, usual) => value - usual >= 0.1,
  },
  {
    ...{ name: "completeness_drop", hours: 1, side: -1, least: 200, mads: ANOMALY_MADS },
    measure: ({ people }) => ({
      value: people.expected > 0 ? 1 - people.missing / people.expected : 1,
      weight: people.expected,
    }),
    chance: binomial,
    matters: (value, usual) => usual - value >= 0.02,
  },
  {
    ...{ name: "dead_letters", hours: 1, side: 1, least: 5, mads: ANOMALY_MADS },
    measure: ({ dead }) => ({ value: dead, weight: dead }),
    chance: poisson,
    matters: (value, usual) => value >= usual + 5,
  },
];
