import { DurableObject } from "cloudflare:workers";
import type { Env } from "../src/env";
import { createLogger, errorField, type Logger } from "../src/http/logger";
import {
  type IdentityRecord,
  isForgotten,
  isFull,
  keptSince,
  keyOf,
  newRecord,
  note,
  placeOf,
  type Sighting,
  unnote,
  windowStart,
} from "../src/identity/record";
import { IDENTITY_RETENTION_MS, IDENTITY_WRITE_GAP_MS, OUTSIDE_TIMEOUT_MS } from "../src/limits";
import type { IdentityCounts } from "../src/scoring/facts";
import { backoff } from "../src/session/deadline";
import { deleteCounter, putCounter } from "../src/store/counters";
import { deleteFingerprint, IdentityStore, writeFingerprint } from "../src/store/identity";
import { inTime } from "./in-time";

/** What a write takes with it; given back if it fails. */
interface Work {
  changed: string[];
  counter: boolean;
}

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
    const known = this.#load();
    const record = known ?? newRecord(sighting.kind, sighting.value, now);
    let capped = false;
    this.#store.transaction(() => {
      if (!known) this.#store.create();
      capped = this.#take(record, sighting, now);
      const due = Math.max(now, this.#written_at + IDENTITY_WRITE_GAP_MS);
      this.#wakeBy(record, due > now ? due : this.#keptUntil(record, now));
      this.#store.write(record);
    });
    this.#record = record;
    if (now >= this.#written_at + IDENTITY_WRITE_GAP_MS) this.ctx.waitUntil(this.#write().catch(() => {}));
    return { ...this.#store.window(windowStart(now)), capped };
  }

  /**
   * A session's consent is withdrawn: what rests on it alone leaves this object, D1 and KV. Throws when a store does not
   * answer; may be repeated. True: a write may still be on its way, ask once more in a while.
   */
  async forget(sessionId: string): Promise<boolean> {
    const record = this.#load();
    if (!record) return false;
    const places = this.#store.placesOf(sessionId);
    this.#store.transaction(() => {
      this.#store.removeSession(sessionId);
      unnote(record, places, Date.now());
      this.#store.write(record);
    });
    const again = record.uncertain;
    await this.#write();
    if (isForgotten(record) && !again) await this.#wipe();
    return again;
  }

  /** What is kept is kept for a while: old sightings go, and in the end the identity with its rows. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const record = this.#load();
    if (!record) return;
    record.alarm_at = null;
    this.#store.prune(keptSince(now));
    const isOver = record.last_seen_at + IDENTITY_RETENTION_MS <= now;
    if (isOver) Object.assign(record, { sessions: 0, gone: [], edges: [], changed: [] });
    try {
      await this.#write();
    } catch {
      return;
    }
    if (isOver && isForgotten(record)) return this.#wipe();
    this.#store.transaction(() => {
      this.#wakeBy(record, this.#keptUntil(record, now));
      this.#store.write(record);
    });
  }

  #load(): IdentityRecord | null {
    this.#record ??= this.#store.read();
    return this.#record;
  }

  /** True past the cap. */
  #take(record: IdentityRecord, sighting: Sighting, now: number): boolean {
    const places = this.#store.placesOf(sighting.session_id).map(keyOf);
    const isNewPlace = !places.includes(keyOf(placeOf(sighting)));
    let capped = isFull(this.#store.extent().sightings);
    if (capped && isNewPlace) {
      this.#store.prune(keptSince(now));
      capped = isFull(this.#store.extent().sightings);
    }
    const kept = !isNewPlace || !capped;
    if (kept) this.#store.put(sighting, now);
    note(record, sighting, { session: places.length === 0, place: isNewPlace, kept }, now);
    return capped;
  }

  /** When the oldest sighting has been kept long enough, or the identity itself. */
  #keptUntil(record: IdentityRecord, now: number): number {
    const { oldest } = this.#store.extent();
    return oldest === null ? record.last_seen_at + IDENTITY_RETENTION_MS : oldest + (now - keptSince(now));
  }

  /** Sets the alarm if none is set for then or before: each is a billed row. */
  #wakeBy(record: IdentityRecord, at: number): void {
    if (record.alarm_at !== null && record.alarm_at <= at && record.alarm_at > Date.now()) return;
    record.alarm_at = at;
    // A write that fails breaks the output gate: nothing sent after it leaves, and the object is reset.
    void this.ctx.storage.setAlarm(at);
  }

  #write(): Promise<void> {
    const turn = this.#writes.then(() => this.#writeOut());
    this.#writes = turn.catch(() => {});
    return turn;
  }

  async #writeOut(): Promise<void> {
    const record = this.#record;
    if (!record) return;
    this.#written_at = Date.now();
    const { gone } = record;
    const work: Work = { changed: record.changed, counter: record.counter_changed };
    record.changed = [];
    record.counter_changed = false;
    try {
      await inTime(Promise.all([this.#writeRows(record, work), this.#writeCounter(record, work)]), OUTSIDE_TIMEOUT_MS);
    } catch (error) {
      this.#giveBack(record, work, error);
      throw error;
    }
    if (gone.length === 0 && record.attempts === 0) return;
    // The rows are gone for good only if no earlier write can still bring them back.
    if (!record.uncertain) record.gone = record.gone.filter((edge) => !gone.includes(edge));
    Object.assign(record, { uncertain: false, attempts: 0 });
    this.#store.write(record);
  }

  #writeRows(record: IdentityRecord, { changed }: Work): Promise<unknown> {
    if (record.kind !== "fingerprint") return Promise.resolve();
    if (isForgotten(record)) return deleteFingerprint(this.outside.DB, record.value);
    const edges = record.edges.filter((edge) => changed.includes(keyOf(edge)));
    return writeFingerprint(this.outside.DB, record, edges, record.gone);
  }

  #writeCounter(record: IdentityRecord, { counter: isChanged }: Work): Promise<void> {
    const { kind, value, counter } = record;
    const kv = this.outside.TRACKING_KV;
    if (isForgotten(record) || counter?.sessions === 0) return deleteCounter(kv, kind, value);
    return counter && isChanged ? putCounter(kv, kind, value, counter) : Promise.resolve();
  }

  #giveBack(record: IdentityRecord, work: Work, error: unknown): void {
    record.changed = [...new Set([...work.changed, ...record.changed])];
    record.counter_changed ||= work.counter;
    record.uncertain = true;
    record.attempts += 1;
    this.#log.warn("identity_write_failed", { attempts: record.attempts, error: errorField(error) });
    this.#store.transaction(() => {
      this.#wakeBy(record, Date.now() + backoff(record.attempts, Math.random()));
      this.#store.write(record);
    });
  }

  async #wipe(): Promise<void> {
    this.#record = null;
    await this.ctx.storage.deleteAll();
  }
}
