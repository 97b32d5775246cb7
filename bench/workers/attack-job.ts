/** What the driver of an attack asks of its Worker, and what that answers. */

/** What is sent, over and over. */
export type Kind = "starts" | "heavy" | "calls" | "unknown" | "consent" | "leads";

export interface Attack {
  kind: Kind;
  /** Epoch ms. */
  start: number;
  /** Requests a minute. */
  rate: number;
  /** Each request from a network of its own, or all from one address. */
  isSpread: boolean;
  /** How many times smaller than in production the limits and budgets are. */
  scale: number;
}

/** A piece of an attack, in its order. */
export interface Job {
  /** With the first. */
  begin?: Attack;
  minutes: number;
  /** What is left is done, and counted. */
  isLast: boolean;
}

export interface Outcome {
  counts: Record<string, number>;
  /** Requests answered with each status. */
  statuses: Record<string, number>;
}
