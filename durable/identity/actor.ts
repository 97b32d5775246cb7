import { DurableObject } from "cloudflare:workers";
import type { Env, IdentityRpc } from "../../src/bindings";
import type { Spending, SpendingAnswer } from "../../src/core/budget/spending";
import { placeOf } from "../../src/core/identity/name";
import {
  forget,
  hasCounter,
  type IdentityKind,
  isForgotten,
  makeNotable,
  markAll,
  newRecord,
  type Sighting,
  take,
  windowOf,
} from "../../src/core/identity/record";
import { Waiting } from "../../src/core/identity/waiting";
import type { IdentityCounts } from "../../src/core/scoring/context";
import { IdentityRows } from "../../src/data/store/identity";
import { deleteFingerprints } from "../../src/data/store/identity-network";
import { OUTSIDE_TIMEOUT_MS, RETRY_MAX_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";
import { ShardAlarm } from "./alarm";
import { Counters } from "./counters";
import { Spent } from "./spent";
import { IDENTITY_FLUSH_MAX, IDENTITY_SWEEP_MS, Sweep } from "./sweep";
import { Writer } from "./writer";

/**
 * Time between two flushes of a shard: what changes meanwhile goes out in one batch. The first flush does not wait. It is over 1 s,
 * because a KV key takes one write a second, and under 10 s, because an object that nobody asks then sleeps and forgets what waits.
 */
export const IDENTITY_FLUSH_GAP_MS = 5 * SECOND_MS;

/**
 * A shard of the fingerprints of one group, or of the addresses of all groups. Each identity is one row: an exact 24 h window of
 * the sessions that were seen with it. This actor alone writes their rows in D1 and their counters in KV, in one batch however many
 * have changed. A record is bounded: past its cap an identity answers lower bounds and says so.
 *
 * A row is on disk before its sighting is answered, and it says what the stores outside may lack. A look through the table finds
 * what a death has left unwritten. It is seldom needed, because memory knows which identities wait to be written.
 */
export class IdentityActor extends DurableObject<Env> implements IdentityRpc {
  readonly #rows: IdentityRows;
  readonly #log: Logger;
  readonly #spent: Spent;
  readonly #waiting = new Waiting();
  readonly #alarm: ShardAlarm;
  readonly #counters: Counters;
  readonly #writer: Writer;
  readonly #sweep: Sweep;
  #isFlushing = false;
  #flushedAt = 0;
  /** When the next look through the table is due, epoch ms; null if this instance does not know yet. */
  #sweepAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const rows = new IdentityRows(ctx.storage);
    const waiting = this.#waiting;
    const log = createLogger(env.LOG_LEVEL, { actor: "identity" });
    const alarm = new ShardAlarm((at) => rows.setAlarm(at));
    const keyOf = (sender: string): string => placeOf(env.IDENTITY, "address", sender, "").key;
    const spent = new Spent({
      env,
      storage: ctx.storage,
      log,
      nameOf: keyOf,
      tell: (sender, hour) => writer.inTurn(() => counters.tellSpent(keyOf(sender), sender, hour)),
    });
    const wait = (sender: string, hour: number, now: number): number => spent.wait(sender, hour, now);
    const counters = new Counters({ kv: env.TRACKING_KV, rows, log, wait });
    const writer = new Writer({ db: env.DB, rows, waiting, counters, alarm, log });
    this.#rows = rows;
    this.#log = log;
    this.#spent = spent;
    this.#alarm = alarm;
    this.#counters = counters;
    this.#writer = writer;
    this.#sweep = new Sweep({ rows, waiting, writer });
    void ctx.blockConcurrencyWhile(async () => {
      alarm.learn(await ctx.storage.getAlarm());
    });
  }

  /**
   * Takes a sighting, and returns the counts of the last 24 hours with this session among them. The stores outside are written
   * later.
   */
  seen(sighting: Sighting): IdentityCounts {
    const now = Date.now();
    const { key, kind, value } = sighting;
    const kept = this.#rows.read(key);
    const record = kept?.record ?? newRecord(kind, value, now);
    const isNews = take(record, sighting, now);
    if (!kept && this.#rows.isFull) return { ...windowOf(record, now), capped: true };
    if (sighting.kv === "notable" && kind === "address" && this.#counters.isNotable(key)) {
      record.counter_changed ||= makeNotable(record);
    }
    this.#rows.write(key, record, now);
    // Of an address the stores outside hear nothing but its counter.
    if (isNews && (kind === "fingerprint" || record.counter_changed)) this.#waiting.add(key, now);
    this.#sweepAt = Math.min(this.#sweepAt ?? this.#alarm.at ?? Number.POSITIVE_INFINITY, now + IDENTITY_SWEEP_MS);
    this.#schedule(now);
    return windowOf(record, now);
  }

  /** Counts what was spent from an address and on a site. */
  spend(spending: Spending): SpendingAnswer {
    return this.#spent.spend(spending, Date.now());
  }

  /**
   * Forgets a session whose consent is withdrawn: what rests on it alone leaves this object, D1 and KV. Throws if a store does not
   * answer; may be repeated. True if a write may still be on its way: ask once more in a while.
   */
  async forget(session_id: string, key: string): Promise<boolean> {
    const now = Date.now();
    const record = this.#rows.read(key)?.record;
    if (!record) return false;
    const again = this.#writer.isUncertain(now);
    forget(record, session_id, now);
    // Tell the stores even if nothing has changed: an earlier call may have died before it told them.
    record.row_changed = true;
    record.counter_changed = hasCounter(record, now);
    this.#rows.write(key, record, now);
    await this.#writer.inTurn(async () => {
      if (!(await this.#writer.write([key]))) throw new Error("a counter was not taken");
    });
    this.#schedule(now);
    return again;
  }

  /**
   * Erases an identity by which nobody may be remembered any more: rows, counter and record go. Throws if a store does not answer;
   * may be repeated. True if a write may still be on its way: ask once more in a while.
   */
  async erase(key: string, kind: IdentityKind, value: string): Promise<boolean> {
    const again = this.#writer.isUncertain(Date.now());
    await this.#writer.inTurn(async () => {
      const rev = this.#rows.read(key)?.rev;
      const rows = kind === "fingerprint" ? deleteFingerprints(this.env.DB, [{ key, value }]) : Promise.resolve();
      await inTime(Promise.all([rows, this.#counters.erase(key, kind, value)]), OUTSIDE_TIMEOUT_MS);
      const kept = this.#rows.read(key);
      if (kept && kept.rev !== rev) {
        // Another session has been seen with it meanwhile, so all of it has to be told again.
        markAll(kept.record);
        this.#waiting.add(key, Date.now());
        return;
      }
      this.#rows.remove([key]);
      this.#waiting.drop(key);
    });
    this.#schedule(Date.now());
    return again;
  }

  /**
   * Writes a fingerprint's row and places again, because D1 may have lost them. False if it has no record, or nobody may be
   * remembered by it. Throws if D1 does not answer; may be repeated.
   */
  async rewrite(key: string): Promise<boolean> {
    const record = this.#rows.read(key)?.record;
    if (record?.kind !== "fingerprint" || isForgotten(record)) return false;
    markAll(record);
    await this.#writer.inTurn(async () => {
      await this.#writer.write([key]);
    });
    return true;
  }

  /** Writes what was put off or failed, and looks through the table a few times a day. A failure outside does not throw. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#alarm.learn(null);
    if (!this.#rows.exists) return;
    const isSweep = this.#sweepAt === null || this.#sweepAt <= now || !this.#waiting.isWhole;
    try {
      if (isSweep) await this.#lookThrough(now);
      else await this.#flush(now);
    } catch (error) {
      // If a store outside has failed, the failure is counted and the next alarm is set. After any other error, set one here, or no
      // alarm would ring again.
      if (this.#alarm.at !== null) return;
      this.#log.error("identity_alarm_failed", { error: errorField(error) });
      this.#alarm.wakeBy(Date.now() + RETRY_MAX_MS, Date.now());
      return;
    }
    if (this.#rows.exists) this.#schedule(Date.now());
  }

  /** Writes what is due, or sets the alarm for it. */
  #schedule(now: number): void {
    if (this.#sweepAt !== null) this.#alarm.wakeBy(this.#sweepAt, now);
    const { next } = this.#waiting;
    if (next === null || this.#writer.isFailing) return;
    // A clock that has jumped back must not hold up the flush.
    const free = this.#flushedAt > now ? now : this.#flushedAt + IDENTITY_FLUSH_GAP_MS;
    const due = Math.max(next, free);
    if (due > now || this.#isFlushing) this.#alarm.wakeBy(Math.max(due, now), now);
    else this.ctx.waitUntil(this.#flush(now).catch(() => {}));
  }

  async #flush(now: number): Promise<void> {
    this.#flushedAt = now;
    this.#isFlushing = true;
    try {
      await this.#writer.inTurn(async () => {
        await this.#writer.write(this.#waiting.take(now, IDENTITY_FLUSH_MAX));
      });
    } finally {
      this.#isFlushing = false;
    }
    this.#schedule(Date.now());
  }

  /** Looks through the table. If nothing is left in it, deletes the file. */
  async #lookThrough(now: number): Promise<void> {
    this.#flushedAt = now;
    const isMore = await this.#sweep.run(now);
    const first = this.#rows.firstExpiry();
    if (first === null) return this.#clear();
    this.#sweepAt = isMore ? now + IDENTITY_FLUSH_GAP_MS : Math.max(first, now) + IDENTITY_SWEEP_MS;
  }

  #clear(): Promise<void> {
    this.#alarm.learn(null);
    this.#sweepAt = null;
    this.#sweep.clear();
    return this.#rows.clear();
  }
}
