import { DurableObject } from "cloudflare:workers";
import type { Env, IdentityRpc } from "../../src/bindings";
import type { Spending, SpendingAnswer } from "../../src/core/budget/spending";
import { groupIn, placeOf, stemOf } from "../../src/core/identity/name";
import {
  type Counter,
  counterOf,
  forget,
  type IdentityKind,
  type IdentityRecord,
  isForgotten,
  markAll,
  newRecord,
  type Sighting,
  settle,
  take,
  windowOf,
  workOf,
} from "../../src/core/identity/record";
import { Waiting } from "../../src/core/identity/waiting";
import type { IdentityCounts } from "../../src/core/scoring/facts";
import { backoff } from "../../src/core/session/deadline";
import { type AddressCounter, counterName, deleteCounter, putCounter } from "../../src/data/store/counters";
import { IdentityRows } from "../../src/data/store/identity";
import { type Change, deleteFingerprints, writeFingerprints } from "../../src/data/store/identity-network";
import { OUTSIDE_TIMEOUT_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { createLogger, errorField, type Logger } from "../../src/ops/logger";
import { HOUR_MS, SECOND_MS } from "../../src/time";
import { Spent } from "./spent";

/**
 * Between two flushes of a shard: what changes meanwhile goes in one batch. The first does not wait. A KV key takes one write a
 * second; an object that nobody asks sleeps after 10 s, and forgets who waits.
 */
export const IDENTITY_FLUSH_GAP_MS = 5 * SECOND_MS;
/** Identities a flush writes: a counter of each, and one batch for D1; an alarm may do so twice within its 1,000 calls. */
export const IDENTITY_FLUSH_MAX = 400;
/** Identities left unwritten by a death that one alarm writes: ten batches. */
export const IDENTITY_LOOK_MAX = 4_000;
/** How often a shard that was asked looks through its table, for what a death has left unwritten and for what is too old. */
export const IDENTITY_SWEEP_MS = 6 * HOUR_MS;
/** A write that was given up after 20 s may land this much later: D1 stalls of 60 to 80 s happen. */
const IDENTITY_UNCERTAIN_MS = 60 * SECOND_MS;
/** Groups of sites whose sessions of one address are added up for its counter. */
const IDENTITY_COUNTED_GROUPS = 100;

/** A change on its way: of which write of its record it is, and whether KV is told of it. */
interface Sent extends Change {
  rev: number;
  counts: boolean;
}

/**
 * A shard of the fingerprints of one group, or of the addresses of all: of each, as one row, an exact 24 h window of the
 * sessions seen with it. The only writer of their rows in D1 and of their counters in KV, in one batch however many have
 * changed. Bounded: past its cap an identity answers lower bounds and says so.
 *
 * A row is on disk before its sighting is answered, with what the stores outside may not have of it. What a death leaves
 * unwritten is found when the table is looked through. Not more often than that: whoever changes is remembered meanwhile.
 */
export class IdentityActor extends DurableObject<Env> implements IdentityRpc {
  readonly #rows: IdentityRows;
  readonly #log: Logger;
  readonly #spent: Spent;
  /** Addresses that KV was told of as having spent their budget, and at which rate. */
  readonly #spentHours = new Map<string, number>();
  readonly #waiting = new Waiting();
  /** Writes, one after the other: a late one must not undo an erasure. */
  #writes: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #flushedAt = 0;
  #attempts = 0;
  /** Everything written before this instance is known to be in D1 as well. */
  #isWhole: boolean;
  #failedAt: number | null;
  #alarmAt: number | null = null;
  /** When the table is to be looked through, epoch ms; null: this instance does not know yet. */
  #sweepAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#rows = new IdentityRows(ctx.storage);
    this.#isWhole = !this.#rows.exists;
    this.#failedAt = this.#rows.state().failed_at;
    this.#log = createLogger(env.LOG_LEVEL, { actor: "identity" });
    this.#spent = new Spent({
      env,
      storage: ctx.storage,
      log: this.#log,
      nameOf: (sender) => placeOf(env.IDENTITY, "address", sender, "").key,
      tell: (sender, hour) => this.#tellSpent(sender, hour),
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
    });
  }

  /** Takes a sighting and answers with the last 24 hours, this session among them. The stores outside come after. */
  seen(sighting: Sighting): IdentityCounts {
    const now = Date.now();
    const { key, kind, value } = sighting;
    const kept = this.#rows.read(key);
    const record = kept?.record ?? newRecord(kind, value, now);
    const isNews = take(record, sighting, now);
    if (!kept && this.#rows.isFull) return { ...windowOf(record, now), capped: true };
    this.#rows.write(key, record, now);
    if (isNews) this.#waiting.add(key, now);
    this.#sweepAt = Math.min(this.#sweepAt ?? this.#alarmAt ?? Number.POSITIVE_INFINITY, now + IDENTITY_SWEEP_MS);
    this.#schedule(now);
    return windowOf(record, now);
  }

  /** Counts what was spent from an address and on a site. */
  spend(spending: Spending): SpendingAnswer {
    return this.#spent.spend(spending, Date.now());
  }

  /**
   * A session's consent is withdrawn: what rests on it alone leaves this object, D1 and KV. Throws when a store does not
   * answer; may be repeated. True: a write may still be on its way, ask once more in a while.
   */
  async forget(session_id: string, key: string): Promise<boolean> {
    const now = Date.now();
    const record = this.#rows.read(key)?.record;
    if (!record) return false;
    const again = this.#isUncertain(now);
    forget(record, session_id, now);
    // Told even if nothing has changed: a call before may have died on the way.
    record.row_changed = true;
    record.counter_changed = record.counter !== null && record.counter.expires_at > now;
    this.#rows.write(key, record, now);
    await this.#inTurn(async () => {
      if (!(await this.#write([key]))) throw new Error("a counter was not taken");
    });
    this.#schedule(now);
    return again;
  }

  /**
   * Nobody is left who may be remembered by it: rows, counter and record go. Throws when a store does not answer; may be
   * repeated. True: a write may still be on its way, ask once more in a while.
   */
  async erase(key: string, kind: IdentityKind, value: string): Promise<boolean> {
    const again = this.#isUncertain(Date.now());
    await this.#inTurn(async () => {
      const rev = this.#rows.read(key)?.rev;
      const rows = kind === "fingerprint" ? deleteFingerprints(this.env.DB, [{ key, value }]) : Promise.resolve();
      const others = kind === "address" ? this.#sameAs(key).filter((one) => one.key !== key) : [];
      const counter = counterOf(
        others.map(({ record }) => record),
        Date.now(),
      );
      await inTime(Promise.all([rows, this.#putCounter(key, kind, value, counter)]), OUTSIDE_TIMEOUT_MS);
      const kept = this.#rows.read(key);
      if (kept && kept.rev !== rev) {
        // Somebody else has been seen with it meanwhile: that is to be told again, whole.
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
   * D1 may have lost what it had of this fingerprint: its row and its places are written again. False when nobody has been
   * seen with it, or nobody may be remembered. Throws when D1 does not answer; may be repeated.
   */
  async rewrite(key: string): Promise<boolean> {
    const record = this.#rows.read(key)?.record;
    if (record?.kind !== "fingerprint" || isForgotten(record)) return false;
    markAll(record);
    await this.#inTurn(async () => {
      await this.#write([key]);
    });
    return true;
  }

  /** What was put off or failed is written; a few times a day the table is looked through. Throws for no outside failure. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    if (!this.#rows.exists) return;
    const isSweep = this.#sweepAt === null || this.#sweepAt <= now || !this.#waiting.isWhole;
    try {
      if (isSweep) await this.#lookThrough(now);
      else await this.#flush(now);
    } catch (error) {
      // What a store outside refused is counted, and its alarm is set; anything else must not be the last that rings.
      if (this.#alarmAt !== null) return;
      this.#log.error("identity_alarm_failed", { error: errorField(error) });
      this.#wakeBy(Date.now() + RETRY_MAX_MS, Date.now());
      return;
    }
    if (this.#rows.exists) this.#schedule(Date.now());
  }

  /** The same address, as seen by every group. */
  #sameAs(key: string): { key: string; record: IdentityRecord }[] {
    return this.#rows.under(stemOf(key), IDENTITY_COUNTED_GROUPS);
  }

  #isUncertain(now: number): boolean {
    return this.#failedAt !== null && now < this.#failedAt + IDENTITY_UNCERTAIN_MS;
  }

  /** Writes what is due, or sees to it that the alarm does. */
  #schedule(now: number): void {
    if (this.#sweepAt !== null) this.#wakeBy(this.#sweepAt, now);
    const { next } = this.#waiting;
    if (next === null || this.#attempts > 0) return;
    // Not held up by a clock that has jumped back.
    const free = this.#flushedAt > now ? now : this.#flushedAt + IDENTITY_FLUSH_GAP_MS;
    const due = Math.max(next, free);
    if (due > now || this.#isFlushing) this.#wakeBy(Math.max(due, now), now);
    else this.ctx.waitUntil(this.#flush(now).catch(() => {}));
  }

  /** Sets the alarm if none is set for then or before: each is a billed row. */
  #wakeBy(at: number, now: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= at && this.#alarmAt > now) return;
    this.#alarmAt = at;
    this.#rows.setAlarm(at);
  }

  async #flush(now: number): Promise<void> {
    this.#flushedAt = now;
    this.#isFlushing = true;
    try {
      await this.#inTurn(async () => {
        await this.#write(this.#waiting.take(now, IDENTITY_FLUSH_MAX));
      });
    } finally {
      this.#isFlushing = false;
    }
    this.#schedule(Date.now());
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#writes.then(write);
    this.#writes = turn.catch(() => {});
    return turn;
  }

  /** One batch for D1, a counter each for KV. What fails waits again. False: KV has not taken one of them. */
  async #write(keys: readonly string[]): Promise<boolean> {
    const sent = keys.flatMap((key) => this.#sentOf(key));
    const changes = sent.filter(({ record }) => record.kind === "fingerprint" && record.row_changed);
    await this.#answered([writeFingerprints(this.env.DB, changes)], sent);
    const untold = await this.#tellCounters(sent.filter(({ counts }) => counts));
    // What KV has yet to hear of is not done: it is kept, and told whole.
    for (const one of sent) if (!untold.includes(one)) this.#settle(one);
    return untold.length === 0;
  }

  /**
   * KV takes one write of a key in a second: an address has one entry, however many groups have seen it. Each is settled by
   * itself, so that one which fails keeps none of the others. Those that KV has not taken.
   */
  async #tellCounters(sent: readonly Sent[]): Promise<Sent[]> {
    const byName = Map.groupBy(sent, ({ key, record: { kind, value } }) => counterName(kind, value, groupIn(key)));
    const asked = [...byName.values()].map(async (same) => {
      const [one] = same;
      return !one || (await this.#isTaken(this.#writeCounter(one))) ? [] : same;
    });
    const untold = (await Promise.all(asked)).flat();
    if (untold.length === 0) return untold;
    this.#tellAgain(untold);
    // It may land yet, and after a death nobody remembers it.
    this.#noteFailure(Date.now());
    return untold;
  }

  #noteFailure(now: number): void {
    this.#failedAt = now;
    this.#rows.writeState({ ...this.#rows.state(), failed_at: now });
  }

  async #isTaken(put: Promise<void>): Promise<boolean> {
    try {
      await inTime(put, OUTSIDE_TIMEOUT_MS);
      return true;
    } catch (error) {
      this.#log.warn("counter_failed", { error: errorField(error) });
      return false;
    }
  }

  #tellAgain(sent: readonly Sent[]): void {
    const now = Date.now();
    for (const { key, rev } of sent) {
      const record = this.#rows.read(key)?.record;
      if (!record) continue;
      record.counter_changed = true;
      this.#waiting.add(key, rev, now + RETRY_MIN_MS);
    }
  }

  /** Waits for the stores outside. What they do not take is tried again, and the failure is counted before it is thrown. */
  async #answered(calls: readonly Promise<unknown>[], sent: readonly Sent[]): Promise<void> {
    try {
      await inTime(Promise.all(calls), OUTSIDE_TIMEOUT_MS);
      this.#attempts = 0;
    } catch (error) {
      this.#fail(sent, error);
      throw error;
    }
  }

  /** What is sent of an identity, as it is now. Its counter counts as told from here on, so that nothing tells it twice. */
  #sentOf(key: string): Sent[] {
    const kept = this.#rows.read(key);
    if (!kept) return [];
    const { record, rev } = kept;
    const counts = record.counter_changed;
    record.counter_changed = false;
    return [{ key, record, rev, counts, work: workOf(record) }];
  }

  #settle({ key, rev, work }: Sent): void {
    const kept = this.#rows.read(key);
    // What has changed meanwhile waits for its own turn, and is told whole.
    if (kept?.rev !== rev) return;
    const now = Date.now();
    const isCertain = !this.#isUncertain(now);
    const { record } = kept;
    settle(record, work, isCertain);
    if (isForgotten(record) && isCertain) {
      this.#rows.remove([key]);
      return;
    }
    if (!isCertain && (isForgotten(record) || work.gone.length > 0)) {
      record.row_changed = true;
      this.#waiting.add(key, rev, (this.#failedAt ?? now) + IDENTITY_UNCERTAIN_MS);
    }
    if (work.gone.length > 0) this.#rows.write(key, record, now);
  }

  #fail(sent: readonly Sent[], error: unknown): void {
    const now = Date.now();
    for (const { key, rev, counts } of sent) {
      const record = this.#rows.read(key)?.record;
      if (record) record.counter_changed ||= counts;
      this.#waiting.add(key, rev, now);
    }
    this.#attempts += 1;
    this.#noteFailure(now);
    this.#wakeBy(now + backoff(this.#attempts, Math.random()), now);
    this.#log.warn("identity_write_failed", { attempts: this.#attempts, error: errorField(error) });
  }

  #writeCounter({ key, record }: Sent): Promise<void> {
    const { kind, value } = record;
    // An address's is of all groups together.
    const records = kind === "address" ? this.#sameAs(key).map((one) => one.record) : [record];
    return this.#putCounter(key, kind, value, counterOf(records, Date.now()));
  }

  #putCounter(key: string, kind: IdentityKind, value: string, counter: Counter | null): Promise<void> {
    const name = counterName(kind, value, groupIn(key));
    const kv = this.env.TRACKING_KV;
    const told = kind === "address" ? this.#withSpent(value, counter) : counter;
    return told ? putCounter(kv, name, told) : deleteCounter(kv, name);
  }

  /** An address that may not spend has an entry at the edge although nobody may be counted there. */
  #withSpent(sender: string, counter: Counter | null): AddressCounter | null {
    const hour = this.#spentHours.get(sender);
    const now = Date.now();
    const wait = hour === undefined ? 0 : this.#spent.wait(sender, hour, now);
    if (hour === undefined || wait === 0) {
      this.#spentHours.delete(sender);
      return counter;
    }
    const spent_until = now + wait * 1_000;
    return { ...(counter ?? { sessions: 0, expires_at: spent_until }), spent_until, spent_hour: hour };
  }

  /** At the highest rate that it has spent up: it may not spend at a lower one either. */
  async #tellSpent(sender: string, hour: number): Promise<void> {
    this.#spentHours.set(sender, Math.max(hour, this.#spentHours.get(sender) ?? 0));
    const { key } = placeOf(this.env.IDENTITY, "address", sender, "");
    await this.#inTurn(async () => {
      const records = this.#rows.exists ? this.#sameAs(key).map((one) => one.record) : [];
      const counter = counterOf(records, Date.now());
      await inTime(this.#putCounter(key, "address", sender, counter), OUTSIDE_TIMEOUT_MS);
    });
  }

  /** Writes what a death has left unwritten, lets go of what is too old, and of the file when nothing is left. */
  async #lookThrough(now: number): Promise<void> {
    this.#flushedAt = now;
    let more = false;
    await this.#inTurn(async () => {
      await this.#write(this.#waiting.take(now, IDENTITY_FLUSH_MAX));
      more = await this.#writeWhatIsLeft();
      more = (await this.#expire(now)) || more;
    });
    const first = this.#rows.firstExpiry();
    if (first === null) return this.#clear();
    this.#sweepAt = more ? now + IDENTITY_FLUSH_GAP_MS : Math.max(first, now) + IDENTITY_SWEEP_MS;
  }

  /** What was written before this instance, as far as it is not known to be in D1. True: there is more. */
  async #writeWhatIsLeft(): Promise<boolean> {
    const state = this.#rows.state();
    let { through } = state;
    const isWhole = this.#isWhole && this.#waiting.isWhole;
    const failedAt = state.failed_at ?? 0;
    const isFailed = failedAt > through;
    // A counter is a call, of which an invocation has 1,000.
    const limit = isFailed ? IDENTITY_FLUSH_MAX : IDENTITY_LOOK_MAX;
    const left = isWhole ? [] : this.#rows.writtenAfter(through, limit);
    for (let i = 0; i < left.length; i += IDENTITY_FLUSH_MAX) {
      const keys = left.slice(i, i + IDENTITY_FLUSH_MAX).map(({ key }) => key);
      if (isFailed) this.#markCounters(keys);
      await this.#write(keys);
    }
    const isMore = left.length === limit;
    if (isWhole) through = Math.max(through, (this.#waiting.since ?? this.#rows.rev + 1) - 1);
    else through = Math.max(left.at(-1)?.rev ?? through, isMore ? 0 : failedAt);
    this.#isWhole = !isMore;
    if (!isMore) this.#waiting.found();
    if (through > state.through) this.#rows.writeState({ ...state, through });
    return isMore;
  }

  /** KV may not have them: a write was given up, and who remembered it is gone. */
  #markCounters(keys: readonly string[]): void {
    for (const key of keys) {
      const record = this.#rows.read(key)?.record;
      if (record?.counter && record.counter.expires_at > Date.now()) record.counter_changed = true;
    }
  }

  /** True: there are more. */
  async #expire(now: number): Promise<boolean> {
    const old = this.#rows.expired(now, IDENTITY_FLUSH_MAX);
    const named = old.flatMap(({ key, record: { kind, value } }) => (kind === "fingerprint" ? [{ key, value }] : []));
    await this.#answered([deleteFingerprints(this.env.DB, named)], []);
    // Who has been seen meanwhile stays.
    this.#rows.remove(this.#rows.untouched(old));
    return old.length === IDENTITY_FLUSH_MAX;
  }

  #clear(): Promise<void> {
    this.#alarmAt = null;
    this.#sweepAt = null;
    this.#isWhole = true;
    return this.#rows.clear();
  }
}
