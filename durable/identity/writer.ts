import { isForgotten, settle, workOf } from "../../src/core/identity/record";
import type { Waiting } from "../../src/core/identity/waiting";
import { backoff } from "../../src/core/session/deadline";
import type { IdentityRows } from "../../src/data/store/identity";
import { deleteFingerprints, writeFingerprints } from "../../src/data/store/identity-network";
import { OUTSIDE_TIMEOUT_MS, RETRY_MIN_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import type { ShardAlarm } from "./alarm";
import type { Counters } from "./counters";
import type { Sent } from "./sent";

/** A write that was given up after 20 s may land this much later: D1 stalls of 60 to 80 s happen. */
const IDENTITY_UNCERTAIN_MS = 60 * SECOND_MS;

export interface WriterHost {
  db: D1Database;
  rows: IdentityRows;
  waiting: Waiting;
  counters: Counters;
  alarm: ShardAlarm;
  log: Logger;
}

/** Writes a shard's identities to D1 and KV, one write after the other: a late one must not undo an erasure. */
export class Writer {
  readonly #host: WriterHost;
  #turn: Promise<void> = Promise.resolve();
  /** Failed calls to D1 in a row. */
  #attempts = 0;
  /** When a write was last given up, epoch ms, by this instance or an earlier one; null if none was. */
  #failedAt: number | null;

  constructor(host: WriterHost) {
    this.#host = host;
    this.#failedAt = host.rows.state().failed_at;
  }

  /** The last write failed, and the alarm is set for the next. */
  get isFailing(): boolean {
    return this.#attempts > 0;
  }

  /** A write that was given up may still land. */
  isUncertain(now: number): boolean {
    return this.#failedAt !== null && now < this.#failedAt + IDENTITY_UNCERTAIN_MS;
  }

  inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(write);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Writes one batch to D1, and a counter each to KV. What fails waits for another try. Throws if D1 does not answer. False if KV
   * has not taken one of the counters.
   */
  async write(keys: readonly string[]): Promise<boolean> {
    const { db, counters } = this.#host;
    const sent = keys.flatMap((key) => this.#sentOf(key));
    const changes = sent.filter(({ record }) => record.kind === "fingerprint" && record.row_changed);
    await this.#answered(writeFingerprints(db, changes), sent);
    const untold = await counters.tell(sent.filter(({ counts }) => counts));
    // The write may still land. Note that on disk, because after a death nothing else remembers it.
    if (untold.length > 0) this.#noteFailure(Date.now());
    this.#tellAgain(untold);
    // An identity whose counter KV has not taken is not done: it stays marked, and all of it is sent again.
    for (const one of sent) if (!untold.includes(one)) this.#settle(one);
    return untold.length === 0;
  }

  /** Deletes fingerprints from D1. Throws if D1 does not answer. */
  async deleteRows(fingerprints: readonly { key: string; value: string }[]): Promise<void> {
    await this.#answered(deleteFingerprints(this.#host.db, fingerprints), []);
  }

  /** What is sent of an identity, as it is now. Its counter is marked as told from here on, so that it is not told twice. */
  #sentOf(key: string): Sent[] {
    const kept = this.#host.rows.read(key);
    if (!kept) return [];
    const { record, rev } = kept;
    const counts = record.counter_changed;
    record.counter_changed = false;
    return [{ key, record, rev, counts, work: workOf(record) }];
  }

  /** Waits for D1. What D1 does not take is tried again, and the failure is counted before it is thrown. */
  async #answered(call: Promise<unknown>, sent: readonly Sent[]): Promise<void> {
    try {
      await inTime(call, OUTSIDE_TIMEOUT_MS);
      this.#attempts = 0;
    } catch (error) {
      this.#fail(sent, error);
      throw error;
    }
  }

  #fail(sent: readonly Sent[], error: unknown): void {
    const { rows, waiting, alarm, log } = this.#host;
    const now = Date.now();
    for (const { key, rev, counts } of sent) {
      const record = rows.read(key)?.record;
      if (record) record.counter_changed ||= counts;
      waiting.add(key, rev, now);
    }
    this.#attempts += 1;
    this.#noteFailure(now);
    alarm.wakeBy(now + backoff(this.#attempts, Math.random()), now);
    log.warn("identity_write_failed", { attempts: this.#attempts, error: errorField(error) });
  }

  #noteFailure(now: number): void {
    const { rows } = this.#host;
    this.#failedAt = now;
    rows.writeState({ ...rows.state(), failed_at: now });
  }

  #tellAgain(untold: readonly Sent[]): void {
    const { rows, waiting } = this.#host;
    const now = Date.now();
    for (const { key, rev } of untold) {
      const record = rows.read(key)?.record;
      if (!record) continue;
      record.counter_changed = true;
      waiting.add(key, rev, now + RETRY_MIN_MS);
    }
  }

  #settle({ key, rev, work }: Sent): void {
    const { rows, waiting } = this.#host;
    const kept = rows.read(key);
    // A record that has changed meanwhile waits for its own turn, which sends all of it.
    if (kept?.rev !== rev) return;
    const now = Date.now();
    const isCertain = !this.isUncertain(now);
    const { record } = kept;
    settle(record, work, isCertain);
    if (isForgotten(record) && isCertain) {
      rows.remove([key]);
      return;
    }
    if (!isCertain && (isForgotten(record) || work.gone.length > 0)) {
      record.row_changed = true;
      waiting.add(key, rev, (this.#failedAt ?? now) + IDENTITY_UNCERTAIN_MS);
    }
    if (work.gone.length > 0) rows.write(key, record, now);
  }
}
