import { hasCounter } from "../../src/core/identity/record";
import type { Waiting } from "../../src/core/identity/waiting";
import type { IdentityRows } from "../../src/data/store/identity";
import { HOUR_MS } from "../../src/time";
import type { Writer } from "./writer";

/** Identities that a flush writes: a counter each, and one batch for D1. An alarm may flush twice within its 1,000 calls. */
export const IDENTITY_FLUSH_MAX = 400;
/** How many identities left unwritten by a death one alarm writes: ten batches. */
export const IDENTITY_LOOK_MAX = 4_000;
/** How often a shard in use looks through its table, for what a death has left unwritten and for what is too old. */
export const IDENTITY_SWEEP_MS = 6 * HOUR_MS;

export interface SweepHost {
  rows: IdentityRows;
  waiting: Waiting;
  writer: Writer;
}

/** A shard's look through its table. It finds what a death has left unwritten, and what is too old. */
export class Sweep {
  readonly #host: SweepHost;
  /** Whether everything that was written before this instance is known to be in D1 too. */
  #isWhole: boolean;

  constructor(host: SweepHost) {
    this.#host = host;
    this.#isWhole = !host.rows.exists;
  }

  /** The table is gone, so nothing is left to find. */
  clear(): void {
    this.#isWhole = true;
  }

  /** Writes and deletes as much as one alarm may, in the writer's turn. True if there is more. */
  async run(now: number): Promise<boolean> {
    const { waiting, writer } = this.#host;
    let isMore = false;
    await writer.inTurn(async () => {
      await writer.write(waiting.take(now, IDENTITY_FLUSH_MAX));
      isMore = await this.#writeWhatIsLeft();
      isMore = (await this.#expire(now)) || isMore;
    });
    return isMore;
  }

  /** Writes what an earlier instance has stored and D1 is not known to have. True if there is more. */
  async #writeWhatIsLeft(): Promise<boolean> {
    const { rows, waiting, writer } = this.#host;
    const state = rows.state();
    let { through } = state;
    const isWhole = this.#isWhole && waiting.isWhole;
    const failedAt = state.failed_at ?? 0;
    const isFailed = failedAt > through;
    // After a failure the counters are written too. Each is a call, of which an invocation has 1,000.
    const limit = isFailed ? IDENTITY_FLUSH_MAX : IDENTITY_LOOK_MAX;
    const left = isWhole ? [] : rows.writtenAfter(through, limit);
    for (let i = 0; i < left.length; i += IDENTITY_FLUSH_MAX) {
      const keys = left.slice(i, i + IDENTITY_FLUSH_MAX).map(({ key }) => key);
      if (isFailed) this.#markCounters(keys);
      await writer.write(keys);
    }
    const isMore = left.length === limit;
    if (isWhole) through = Math.max(through, (waiting.since ?? rows.rev + 1) - 1);
    else through = Math.max(left.at(-1)?.rev ?? through, isMore ? 0 : failedAt);
    this.#isWhole = !isMore;
    if (!isMore) waiting.found();
    if (through > state.through) rows.writeState({ ...state, through });
    return isMore;
  }

  /**
   * Marks the counters to be written again. KV may lack them: a write was given up, and the instance that remembered it is gone.
   */
  #markCounters(keys: readonly string[]): void {
    for (const key of keys) {
      const record = this.#host.rows.read(key)?.record;
      if (record && hasCounter(record, Date.now())) record.counter_changed = true;
    }
  }

  /** Deletes identities that are too old. True if there are more. */
  async #expire(now: number): Promise<boolean> {
    const { rows, writer } = this.#host;
    const old = rows.expired(now, IDENTITY_FLUSH_MAX);
    const named = old.flatMap(({ key, record: { kind, value } }) => (kind === "fingerprint" ? [{ key, value }] : []));
    await writer.deleteRows(named);
    // An identity that was seen since the list was read stays.
    rows.remove(rows.untouched(old));
    return old.length === IDENTITY_FLUSH_MAX;
  }
}
