/** What the driver of an attack asks of its Worker, and what that answers. */

/** The kind of request that is sent, over and over. */
export type Kind = "starts" | "heavy" | "calls" | "unknown" | "consent" | "leads";

export interface Attack {
  kind: Kind;
  /** Epoch ms. */
  start: number;
  /** Requests a minute. */
  rate: number;
  /** True: each request comes from a network of its own. False: all come from one address. */
  isSpread: boolean;
  /** How many times smaller than in production the limits and budgets are. */
  scale: number;
}

/** A piece of an attack, in its order. */
export interface Job {
  /** Set in the first piece. */
  begin?: Attack;
  minutes: number;
  /** Whether this is the last piece: what is left is then done, and the counts are returned. */
  isLast: boolean;
}

export interface Outcome {
  counts: Record<string, number>;
  /** Requests answered with each status. */
  statuses: Record<string, number>;
}
