import type { Level } from "../budget/level";
import type { Recording } from "../recording/state";

/** How far each store has been written, kept in the head row: what survives of a flush that died half-way. */

export const STORES = ["d1", "r2"] as const;
export type StoreName = (typeof STORES)[number];

/** A frozen range of the journal. Written down before anything leaves the actor, and followed to the letter after. */
export interface Plan {
  /** First and last seq, both included. */
  lo: number;
  hi: number;
  /** Epoch ms; rises from plan to plan, and names the R2 object together with `lo`. */
  at: number;
  /** The identity that its first try writes (`identityMark`). */
  identity: number;
  /** Seqs of events that D1 refused for good; they are left out of the write and counted as quarantined. */
  refused: number[];
}

export interface StoreProgress {
  /** The watermark: everything up to this seq is in the store. */
  through: number;
  plan: Plan | null;
  /** Failures in a row; 0 when the last write went well. */
  attempts: number;
  /** When to try again, epoch ms; null unless `attempts` > 0. */
  retry_at: number | null;
  /** Of the last failure, until a success. */
  error: string | null;
}

export interface Erasure {
  /** Identity versions up to this one go. */
  through: number;
  attempts: number;
  retry_at: number;
  /** An identity object may still be on its way: look once more after the first pass. */
  again: boolean;
}

export interface Progress {
  v: 1;
  d1: StoreProgress;
  r2: StoreProgress;
  /** Events set aside because D1 refuses their row for good. R2 has them. */
  quarantined: number;
  /** The newest plan's time, so that the next is later. */
  last_plan_at: number;
  meta_written: boolean;
  /** What identity D1's row holds (`identityMark`); null before the first row. */
  identity_in_d1: number | null;
  /** The newest identity version that is known to be in R2. */
  identity_written: number;
  /** Set while identity objects have to go from R2 after a withdrawal. */
  erase: Erasure | null;
  /**
   * Where a withdrawal has to reach: shards and keys of identities (`placeText`). Absent before there were any.
   */
  told?: readonly string[];
  /** What of it has been recorded; absent in a session that is not. */
  recording?: Recording;
  /** What the session has spent of its own budget; absent before its first call, and in sessions of before there was one. */
  spent?: Level;
  /** Bytes of it that its address's shard has not been told of; absent where there are none. */
  untold?: number;
  /** KV writes of this session's own counter. */
  counted?: number;
  /** Times this actor has been loaded into memory, as of when this was written; the journal's rows may know of more. */
  wakes: number;
  /** Nonces of stream tickets used, with their expiry (epoch ms). */
  used_tickets: [string, number][];
}

const newStore = (seq: number): StoreProgress => ({
  through: seq,
  plan: null,
  attempts: 0,
  retry_at: null,
  error: null,
});

/** `seq` is the life's first seq less one: the empty state's. */
export const newProgress = (seq: number): Progress => ({
  v: 1,
  d1: newStore(seq),
  r2: newStore(seq),
  quarantined: 0,
  last_plan_at: 0,
  meta_written: false,
  identity_in_d1: null,
  identity_written: 0,
  erase: null,
  wakes: 1,
  used_tickets: [],
});

/**
 * Progress after `plan` of a store is written. `identity`: what the store holds of it now; `refused`: how many of its events D1
 * will never take.
 */
export function written(progress: Progress, store: StoreName, plan: Plan, identity: number, refused: number): Progress {
  const through = newStore(plan.hi);
  if (store === "r2") {
    return {
      ...progress,
      r2: through,
      meta_written: true,
      identity_written: Math.max(progress.identity_written, identity),
    };
  }
  // An earlier try may have been committed with another identity, and after this one: then it is not known what D1 holds.
  const identity_in_d1 = progress.d1.attempts > 0 ? null : identity;
  return { ...progress, d1: through, quarantined: progress.quarantined + refused, identity_in_d1 };
}

/**
 * Progress as it was written down, and what the journal says beside it, whose oldest row begins at `oldest` (none: null). Rows
 * go when both stores have them, and mostly nothing else is written of a flush that went well: a plan whose rows are gone is
 * in its store.
 */
export const withRows = (progress: Progress, oldest: number | null): Progress =>
  STORES.reduce((known, store) => {
    const { plan } = known[store];
    if (!plan || plan.hi >= (oldest ?? Number.POSITIVE_INFINITY)) return known;
    return written(known, store, plan, plan.identity, plan.refused.length);
  }, progress);

/** The last seq that a plan has frozen or a store has. */
export const frozenThrough = ({ d1, r2 }: Progress): number =>
  Math.max(d1.plan?.hi ?? d1.through, r2.plan?.hi ?? r2.through);

export const lowestWatermark = (progress: Progress): number => Math.min(progress.d1.through, progress.r2.through);
