import type { Env, ErasedSession } from "../../src/bindings";
import type { Erasure } from "../../src/core/api/erasure";
import { type ErasureOrder, noteUnlinked, writeOrder, writeReceipt } from "../../src/data/store/order";
import { ERASE_AGAIN_MS } from "../../src/limits";
import { WorkBudget } from "../../src/ops/work-budget";

/** Lead actors that one alarm of an erasure may call: half of an invocation's 1,000 calls, which leaves room for the look-ups. */
const ERASURE_STEP_ACTORS = 500;

/** One run of an erasure: what it has to do, what it has done, and the time it has. */
export class ErasureJob {
  readonly env: Env;
  readonly order: ErasureOrder;
  readonly receipt: Erasure;
  readonly #storage: DurableObjectStorage;
  /** Epoch ms. */
  readonly #until: number;

  constructor(env: Env, storage: DurableObjectStorage, order: ErasureOrder, receipt: Erasure, until: number) {
    this.env = env;
    this.#storage = storage;
    this.order = order;
    this.receipt = receipt;
    this.#until = until;
  }

  get isTimeUp(): boolean {
    return Date.now() > this.#until;
  }

  /** How many lead actors may be called in the time that is left. */
  leadBudget(): WorkBudget {
    const now = Date.now();
    return new WorkBudget({ calls: ERASURE_STEP_ACTORS, ms: this.#until - now }, now);
  }

  save(): void {
    writeOrder(this.#storage, this.order);
    writeReceipt(this.#storage, this.receipt);
  }

  /** A write may still be on its way: look once more after it has landed. */
  lookAgain(): void {
    this.order.again_at = Date.now() + ERASE_AGAIN_MS;
  }

  /** Looks once more, as `lookAgain` does, unless that is planned already: leads must not put it off. */
  lookAgainOnce(): void {
    if (this.order.again_at === null) this.lookAgain();
  }

  /** Counts a session or a lead as unlinked. It counts once, however often the erasure meets it. */
  countUnlinked(kind: "session" | "lead", id: string): void {
    if (!noteUnlinked(this.#storage, kind, id)) return;
    const { counts } = this.receipt;
    counts.unlinked ??= { sessions: 0, leads: 0 };
    counts.unlinked[`${kind}s`] += 1;
  }

  countUnproven(): void {
    const { counts } = this.receipt;
    counts.unproven = (counts.unproven ?? 0) + 1;
  }

  countErased({ sessions, events, objects, bytes }: ErasedSession): void {
    const { d1, r2 } = this.receipt.counts;
    d1.sessions += sessions;
    d1.events += events;
    r2.objects += objects;
    r2.bytes += bytes;
  }
}

/** Adds the items of `more` that the list does not have yet. */
export function addTo(list: string[], more: readonly string[]): void {
  const known = new Set(list);
  for (const one of more) if (!known.has(one)) list.push(one);
}
