import type { Env } from "../../src/bindings";
import { forget, type IdentityKind, isForgotten } from "../../src/core/identity/record";
import { counterName, deleteCounter } from "../../src/data/store/counters";
import {
  deleteFormerPlaces,
  deleteFormerRows,
  type FormerRecord,
  readFormer,
  writeFormer,
} from "../../src/data/store/former-identity";
import { IDENTITY_RETENTION_MS, OUTSIDE_TIMEOUT_MS, RETRY_MAX_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { DEFAULT_SITE } from "../../src/protocol/fields";

/**
 * An object of before there were shards: one fingerprint or one address, of all sites together. Nobody is seen by it any
 * more. It forgets, is erased, and goes when its identity has not been seen for 90 days; 90 days after the release with
 * shards none is left, and this file may go.
 */
export class FormerIdentity {
  readonly #storage: DurableObjectStorage;
  readonly #outside: () => Pick<Env, "DB" | "TRACKING_KV">;
  #turns: Promise<void> = Promise.resolve();
  readonly #log: Logger;

  constructor(storage: DurableObjectStorage, outside: () => Pick<Env, "DB" | "TRACKING_KV">, log: Logger) {
    this.#storage = storage;
    this.#outside = outside;
    this.#log = log;
  }

  /**
   * What rests on a session alone goes, here and in D1. Throws when a store does not answer; may be repeated. True: a write
   * may still be on its way.
   */
  forget(session_id: string): Promise<boolean> {
    return this.#inTurn(() => this.#forget(session_id));
  }

  /** One after the other: a copy that was read before another's call must not come back after it. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(step);
    this.#turns = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  async #forget(session_id: string): Promise<boolean> {
    const now = Date.now();
    const record = readFormer(this.#storage);
    if (!record) return false;
    const again = record.uncertain;
    forget(record, session_id, now);
    writeFormer(this.#storage, record);
    await this.#deleteOutside(record, now);
    if (isForgotten(record) && !again) await this.#storage.deleteAll();
    else writeFormer(this.#storage, { ...record, gone: again ? record.gone : [], uncertain: false });
    return again;
  }

  /** All of it goes. `record` may be gone already: an erasure begins again where it failed. */
  erase(kind: IdentityKind, value: string): Promise<boolean> {
    return this.#inTurn(() => this.#erase(kind, value));
  }

  async #erase(kind: IdentityKind, value: string): Promise<boolean> {
    const record = readFormer(this.#storage);
    if (!record) return false;
    await this.#deleteOutside({ ...record, kind, value, sessions: 0 }, Date.now());
    await this.#storage.deleteAll();
    return record.uncertain;
  }

  /** An identity not seen for long goes, with its rows. Throws for no outside failure. */
  async alarm(): Promise<void> {
    const record = readFormer(this.#storage);
    if (!record) return;
    const now = Date.now();
    const due = record.last_seen_at + IDENTITY_RETENTION_MS;
    if (due > now) return this.#storage.setAlarm(due);
    try {
      await this.#deleteOutside({ ...record, sessions: 0 }, now);
    } catch (error) {
      this.#log.warn("identity_write_failed", { error: errorField(error) });
      return this.#storage.setAlarm(now + RETRY_MAX_MS);
    }
    await this.#storage.deleteAll();
  }

  async #deleteOutside(record: FormerRecord, now: number): Promise<void> {
    const { DB, TRACKING_KV } = this.#outside();
    const { kind, value, last_seen_at, counter, gone } = record;
    const calls: Promise<unknown>[] = [];
    // A counter whose window is over has left KV by itself.
    if (isForgotten(record) && counter && counter.expires_at > now) {
      calls.push(deleteCounter(TRACKING_KV, counterName(kind, value, DEFAULT_SITE)));
    }
    if (kind === "fingerprint" && isForgotten(record)) calls.push(deleteFormerRows(DB, value, last_seen_at));
    else if (kind === "fingerprint" && gone.length > 0) calls.push(deleteFormerPlaces(DB, record));
    await inTime(Promise.all(calls), OUTSIDE_TIMEOUT_MS);
  }
}
