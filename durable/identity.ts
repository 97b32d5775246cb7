import { DurableObject } from "cloudflare:workers";
import type { Env } from "../src/env";
import { createLogger, errorField, type Logger } from "../src/http/logger";
import {
  forget,
  giveBack,
  type IdentityKind,
  type IdentityRecord,
  isForgotten,
  keyOf,
  newRecord,
  type Sighting,
  settleWork,
  take,
  takeWork,
  type Work,
  windowOf,
} from "../src/identity/record";
import { IDENTITY_RETENTION_MS, IDENTITY_WRITE_GAP_MS, OUTSIDE_TIMEOUT_MS } from "../src/limits";
import type { IdentityCounts } from "../src/scoring/facts";
import { backoff } from "../src/session/deadline";
import { deleteCounter, putCounter } from "../src/store/counters";
import { deleteFingerprint, IdentityStore, writeFingerprint } from "../src/store/identity";
import { inTime } from "./in-time";

/**
 * One fingerprint, or one address as stored: an exact 24 h window of the sessions seen with it. The only writer of its rows
 * in D1 and of its counter in KV. Bounded: past the cap of sightings it answers lower bounds and says so.
 */
export class IdentityActor extends DurableObject<Env> {
  protected outside: Pick<Env, "DB" | "TRACKING_KV">;
  readonly #store: IdentityStore;
  readonly #log: Logger;
  #record: IdentityRecord | null = null;
  /** Writes, one after the other: a late one must not undo an erasure. */
  #writes: Promise<void> = Promise.resolve();
  #written_at = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.outside = env;
    this.#store = new IdentityStore(ctx.storage);
    // Not its name: that is the fingerprint or the address.
    this.#log = createLogger(env.LOG_LEVEL, { actor: "identity" });
  }

  /** Takes a sighting and answers with the last 24 hours, this session among them. The stores outside come after. */
  seen(sighting: Sighting): IdentityCounts {
    const now = Date.now();
    const record = this.#load() ?? newRecord(sighting.kind, sighting.value, now);
    this.#record = record;
    take(record, sighting, now);
    const due = this.#written_at + IDENTITY_WRITE_GAP_MS;
    const isDue = due <= now;
    this.#wakeBy(record, isDue || !hasWork(record) ? now + IDENTITY_RETENTION_MS : due);
    const work = isDue && hasWork(record) ? takeWork(record) : null;
    this.#store.write(record);
    if (work) this.ctx.waitUntil(this.#write(record, work).catch(() => {}));
    return windowOf(record, now);
  }

  /**
   * A session's consent is withdrawn: what rests on it alone leaves this object, D1 and KV. Throws when a store does not
   * answer; may be repeated. True: a write may still be on its way, ask once more in a while.
   */
  async forget(sessionId: string): Promise<boolean> {
    const record = this.#load();
    if (!record) return false;
    forget(record, sessionId, Date.now());
    const again = record.uncertain;
    this.#store.write(record);
    await this.#write(record, takeWork(record));
    if (isForgotten(record) && !again) await this.#wipe();
    return again;
  }

  /**
   * Nobody is left who may be remembered by it: rows, counter and object go. Throws when a store does not answer; may be
   * repeated. True: a write may still be on its way, ask once more in a while.
   */
  async erase(kind: IdentityKind, value: string): Promise<boolean> {
    const again = this.#load()?.uncertain ?? false;
    const { DB, TRACKING_KV } = this.outside;
    const rows = (): Promise<unknown> => (kind === "fingerprint" ? deleteFingerprint(DB, value) : Promise.resolve());
    const turn = this.#writes.then(async () => {
      await inTime(Promise.all([rows(), deleteCounter(TRACKING_KV, kind, value)]), OUTSIDE_TIMEOUT_MS);
    });
    this.#writes = turn.catch(() => {});
    await turn;
    await this.#wipe();
    return again;
  }

  /**
   * D1 may have lost what it had of this fingerprint: its row and its places are written again. False when nobody has been
   * seen with it, or nobody may be remembered. Throws when D1 does not answer; may be repeated.
   */
  async rewrite(): Promise<boolean> {
    const record = this.#load();
    if (record?.kind !== "fingerprint" || isForgotten(record)) return false;
    await this.#write(record, { row: true, changed: record.edges.map(keyOf), counter: false, gone: [] });
    return true;
  }

  /** What was put off or failed is written; an identity not seen for long goes, with its rows. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const record = this.#load();
    if (!record) return;
    record.alarm_at = null;
    const isOver = record.last_seen_at + IDENTITY_RETENTION_MS <= now;
    if (isOver) Object.assign(record, { sessions: 0, seen: [], edges: [], row_changed: true });
    try {
      if (hasWork(record)) await this.#write(record, takeWork(record));
    } catch {
      return;
    }
    if (isOver && isForgotten(record)) return this.#wipe();
    this.#wakeBy(record, record.last_seen_at + IDENTITY_RETENTION_MS);
    this.#store.write(record);
  }

  #load(): IdentityRecord | null {
    this.#record ??= this.#store.read();
    return this.#record;
  }

  /** Sets the alarm if none is set for then or before: each is a billed row. The caller writes the record. */
  #wakeBy(record: IdentityRecord, at: number): void {
    if (record.alarm_at !== null && record.alarm_at <= at && record.alarm_at > Date.now()) return;
    record.alarm_at = at;
    this.#store.setAlarm(at);
  }

  #write(record: IdentityRecord, work: Work): Promise<void> {
    const turn = this.#writes.then(() => this.#writeOut(record, work));
    this.#writes = turn.catch(() => {});
    return turn;
  }

  /** What `work` took up; the record has been stored as if it were done, so that success needs no row of its own. */
  async #writeOut(record: IdentityRecord, work: Work): Promise<void> {
    this.#written_at = Date.now();
    const isPlain = work.gone.length === 0 && record.attempts === 0;
    try {
      await inTime(Promise.all([this.#writeRows(record, work), this.#writeCounter(record, work)]), OUTSIDE_TIMEOUT_MS);
      if (isPlain) return;
      settleWork(record, work);
    } catch (error) {
      giveBack(record, work);
      this.#log.warn("identity_write_failed", { attempts: record.attempts, error: errorField(error) });
      this.#wakeBy(record, Date.now() + backoff(record.attempts, Math.random()));
      throw error;
    } finally {
      if (!isPlain || record.attempts > 0) this.#store.write(record);
    }
  }

  #writeRows(record: IdentityRecord, { row, changed, gone }: Work): Promise<unknown> {
    const { DB } = this.outside;
    if (record.kind !== "fingerprint") return Promise.resolve();
    if (isForgotten(record)) return deleteFingerprint(DB, record.value);
    if (!row && changed.length === 0 && gone.length === 0) return Promise.resolve();
    const edges = record.edges.filter((edge) => changed.includes(keyOf(edge)));
    return writeFingerprint(DB, record, edges, gone);
  }

  #writeCounter(record: IdentityRecord, { counter: isChanged }: Work): Promise<void> {
    const { kind, value, counter } = record;
    const kv = this.outside.TRACKING_KV;
    // A counter whose window is over has left KV by itself.
    if (isForgotten(record) && counter && counter.expires_at > Date.now()) return deleteCounter(kv, kind, value);
    if (!counter || !isChanged) return Promise.resolve();
    return counter.sessions > 0 ? putCounter(kv, kind, value, counter) : deleteCounter(kv, kind, value);
  }

  async #wipe(): Promise<void> {
    this.#record = null;
    await this.ctx.storage.deleteAll();
  }
}

const hasWork = ({ row_changed, counter_changed, changed, gone }: IdentityRecord): boolean =>
  row_changed || counter_changed || changed.length > 0 || gone.length > 0;
