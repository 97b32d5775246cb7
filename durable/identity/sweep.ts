import { hasCounter } from "../../src/core/identity/record";
import type { Waiting } from "../../src/core/identity/waiting";
import type { IdentityRows } from "../../src/data/store/identity";
import { HOUR_MS } from "../../src/time";
import type { Writer } from "./writer";

/** Identities a flush writes: a counter of each, and one batch for D1; an alarm may do so twice within its 1,000 calls. */
export const IDENTITY_FLUSH_MAX = 400;
/** Identities left unwritten by a death that one alarm writes: ten batches. */
export const IDENTITY_LOOK_MAX = 4_000;
/** How often a shard that was asked looks through its table, for what a death has left unwritten and for what is too old. */
export const IDENTITY_SWEEP_MS = 6 * HOUR_MS;

export interface SweepHost {
  rows: IdentityRows;
  waiting: Waiting;
  writer: Writer;
}

/** A shard's look through its table: it finds what a death has left unwritten, and what is too old. */
export class Sweep {
  readonly #host: SweepHost;
  /** Everything written before this instance is known to be in D1 as well. */
  #isWhole: boolean;

  constructor(host: SweepHost) {
    this.#host = host;
    this.#isWhole = !host.rows.exists;
  }

  /** The table has gone, and nothing is left to find. */
  clear(): void {
    this.#isWhole = true;
  }

  /** Writes and deletes as much as one alarm may, in the writer's turn. True: there is more. */
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

  /** What was written before this instance, as far as it is not known to be in D1. True: there is more. */
  async #writeWhatIsLeft(): Promise<boolean> {
    const { rows, waiting, writer } = this.#host;
    const state = rows.state();
    let { through } = state;
    const isWhole = this.#isWhole && waiting.isWhole;
    const failedAt = state.failed_at ?? 0;
    const isFailed = failedAt > through;
    // A counter is a call, of which an invocation has 1,000.
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

  /** KV may not have them: a write was given up, and who remembered it is gone. */
  #markCounters(keys: readonly string[]): void {
    for (const key of keys) {
      const record = this.#host.rows.read(key)?.record;
      if (record && hasCounter(record, Date.now())) record.counter_changed = true;
    }
  }

  /** Deletes identities that are too old. True: there are more. */
  async #expire(now: number): Promise<boolean> {
    const { rows, writer } = this.#host;
    const old = rows.expired(now, IDENTITY_FLUSH_MAX);
    const named = old.flatMap(({ key, record: { kind, value } }) => (kind === "fingerprint" ? [{ key, value }] : []));
    await writer.deleteRows(named);
    // Who has been seen meanwhile stays.
    rows.remove(rows.untouched(old));
    return old.length === IDENTITY_FLUSH_MAX;
  }
}
