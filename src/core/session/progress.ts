import type { Level } from "../budget/level";
import type { Recording } from "../recording/state";
import { formReader, isFields, isFlag, isList, isNumber, isText, listOf, orAbsent, orNull, shaped } from "../stored";

/** How far each store has been written. Kept in the head row, so that it survives a death in the middle of a flush. */

export const STORES = ["d1", "r2"] as const;
export type StoreName = (typeof STORES)[number];

/** A frozen range of the journal. It is written down before anything leaves the actor, and then followed exactly. */
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
  /** The error of the last failure; null after a success. */
  error: string | null;
}

/** Identity objects that have to leave R2 after a withdrawal. */
export interface IdentityErasure {
  /** Identity versions up to this one go. */
  through: number;
  attempts: number;
  retry_at: number;
  /** An identity object may still be on its way, so look once more after the first pass. */
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
  /** Which identity D1's row holds (`identityMark`); null before the first row, or if it is not known. */
  identity_in_d1: number | null;
  /** The newest identity version that is known to be in R2. */
  identity_written: number;
  /** Set while identity objects have to go from R2 after a withdrawal. */
  erase: IdentityErasure | null;
  /**
   * Which shards know of the session, and under which keys (`placeText`): a withdrawal has to reach them. Absent until there
   * is one.
   */
  told?: readonly string[];
  /** What has been recorded; absent in a session that is not recorded. */
  recording?: Recording;
  /** What the session has spent of its own budget; absent before it has spent any. */
  spent?: Level;
  /** Bytes of `spent` that the address's shard has not been told of; absent if there are none. */
  untold?: number;
  /** KV writes of this session's own counter. */
  counted?: number;
  /** How often this actor had been loaded into memory when this was written. The journal's rows may say more. */
  wakes: number;
  /** Nonces of stream tickets used, with their expiry (epoch ms). */
  used_tickets: [string, number][];
}

const isPlan = shaped<Plan>({
  lo: isNumber,
  hi: isNumber,
  at: isNumber,
  identity: isNumber,
  refused: listOf(isNumber),
});

const isStore = shaped<StoreProgress>({
  through: isNumber,
  plan: orNull(isPlan),
  attempts: isNumber,
  retry_at: orNull(isNumber),
  error: orNull(isText),
});

const isErasure = shaped<IdentityErasure>({ through: isNumber, attempts: isNumber, retry_at: isNumber, again: isFlag });

const isRecording = shaped<Recording>({
  since: orNull(isNumber),
  chunks: isNumber,
  bytes: isNumber,
  streams: isFields,
  withdrawn_at: orAbsent(isNumber),
});

export const readProgress = formReader<Progress>({
  name: "flush progress",
  version: 1,
  shape: {
    d1: isStore,
    r2: isStore,
    quarantined: isNumber,
    last_plan_at: isNumber,
    meta_written: isFlag,
    identity_in_d1: orNull(isNumber),
    identity_written: isNumber,
    erase: orNull(isErasure),
    told: orAbsent(listOf(isText)),
    recording: orAbsent(isRecording),
    spent: orAbsent(shaped<Level>({ bytes: isNumber, at: isNumber })),
    untold: orAbsent(isNumber),
    counted: orAbsent(isNumber),
    wakes: isNumber,
    used_tickets: listOf(isList),
  },
});

const newStore = (seq: number): StoreProgress => ({
  through: seq,
  plan: null,
  attempts: 0,
  retry_at: null,
  error: null,
});

/** `seq` is the life's first seq less one, which is the empty state's seq. */
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
 * Progress after a plan of a store is written. `identity`: the identity that the store holds now (`identityMark`); `refused`: how
 * many of the plan's events D1 will never take.
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
  // An earlier try with another identity may have been committed after this one: then nobody knows what D1 holds.
  const identity_in_d1 = progress.d1.attempts > 0 ? null : identity;
  return { ...progress, d1: through, quarantined: progress.quarantined + refused, identity_in_d1 };
}

/**
 * Stored progress, brought up to date by the journal, whose oldest row begins at `oldest` (null: no row). Rows are deleted when
 * both stores have them, and mostly that is all that is written after a flush: so a plan whose rows are gone is done.
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
