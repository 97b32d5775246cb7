import { groupIn, stemOf } from "../../src/core/identity/name";
import {
  type Counter,
  counterOf,
  type IdentityKind,
  type IdentityRecord,
  sessionsIn,
} from "../../src/core/identity/record";
import { type AddressCounter, counterName, deleteCounter, putCounter } from "../../src/data/store/counters";
import type { IdentityRows } from "../../src/data/store/identity";
import { OUTSIDE_TIMEOUT_MS, STARTS_PER_ADDRESS_DAY } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import type { Sent } from "./sent";

/** Groups whose sessions of one address are added up for its counter, at most. */
const IDENTITY_COUNTED_GROUPS = 100;
/**
 * From so many sessions in a day on, the edge hears of an address whose sites have only notable counters: half the limit that it
 * reads them for, so that the limit holds as it does elsewhere.
 */
export const NOTABLE_SESSIONS = STARTS_PER_ADDRESS_DAY / 2;

export interface CountersHost {
  kv: KVNamespace;
  rows: Pick<IdentityRows, "exists" | "under">;
  log: Logger;
  /** Seconds until an address may spend again at this rate, bytes an hour. */
  wait(sender: string, hour: number, now: number): number;
}

/** A shard's counters in KV, one for each identity. The edge reads them before it wakes an actor. */
export class Counters {
  readonly #host: CountersHost;
  /** Addresses that have spent their budget, as KV was told, and at which rate, bytes an hour. */
  readonly #spentHours = new Map<string, number>();

  constructor(host: CountersHost) {
    this.#host = host;
  }

  /**
   * Writes the counters to KV, and returns those that KV has not taken. KV takes one write of a key a second, so an address has one
   * entry, however many groups have seen it. Each write is settled by itself, so one that fails does not stop the others.
   */
  async tell(sent: readonly Sent[]): Promise<Sent[]> {
    const byName = Map.groupBy(sent, ({ key, record: { kind, value } }) => counterName(kind, value, groupIn(key)));
    const asked = [...byName.values()].map(async (same) => {
      const [one] = same;
      return !one || (await this.#isTaken(one)) ? [] : same;
    });
    return (await Promise.all(asked)).flat();
  }

  /** Whether the edge needs to know how many sessions this address has begun. */
  isNotable(key: string): boolean {
    const records = this.#sameAs(key).map(({ record }) => record);
    return sessionsIn(records, Date.now()) >= NOTABLE_SESSIONS;
  }

  /** Erases an identity's counter. An address keeps what other groups have seen of it. Throws if KV does not answer. */
  erase(key: string, kind: IdentityKind, value: string): Promise<void> {
    const others = kind === "address" ? this.#sameAs(key).filter((one) => one.key !== key) : [];
    return this.#put(key, kind, value, this.#sumOf(others));
  }

  /**
   * Tells KV that an address has spent its budget, at the highest rate at which it has: it may not spend at a lower rate either.
   * Throws if KV does not answer in time.
   */
  async tellSpent(key: string, sender: string, hour: number): Promise<void> {
    this.#spentHours.set(sender, Math.max(hour, this.#spentHours.get(sender) ?? 0));
    const same = this.#host.rows.exists ? this.#sameAs(key) : [];
    await inTime(this.#put(key, "address", sender, this.#sumOf(same)), OUTSIDE_TIMEOUT_MS);
  }

  async #isTaken({ key, record }: Sent): Promise<boolean> {
    const { kind, value } = record;
    const same = kind === "address" ? this.#sameAs(key) : [{ record }];
    try {
      await inTime(this.#put(key, kind, value, this.#sumOf(same)), OUTSIDE_TIMEOUT_MS);
      return true;
    } catch (error) {
      this.#host.log.warn("counter_failed", { error: errorField(error) });
      return false;
    }
  }

  /** The same address, as seen by every group. */
  #sameAs(key: string): { key: string; record: IdentityRecord }[] {
    return this.#host.rows.under(stemOf(key), IDENTITY_COUNTED_GROUPS);
  }

  #sumOf(same: readonly { record: IdentityRecord }[]): Counter | null {
    return counterOf(
      same.map(({ record }) => record),
      Date.now(),
    );
  }

  #put(key: string, kind: IdentityKind, value: string, counter: Counter | null): Promise<void> {
    const { kv } = this.#host;
    const name = counterName(kind, value, groupIn(key));
    const told = kind === "address" ? this.#withSpent(value, counter) : counter;
    return told ? putCounter(kv, name, told) : deleteCounter(kv, name);
  }

  /**
   * Adds until when an address may not spend. Such an address has an entry at the edge even if no session may be counted for it.
   */
  #withSpent(sender: string, counter: Counter | null): AddressCounter | null {
    const hour = this.#spentHours.get(sender);
    const now = Date.now();
    const wait = hour === undefined ? 0 : this.#host.wait(sender, hour, now);
    if (hour === undefined || wait === 0) {
      this.#spentHours.delete(sender);
      return counter;
    }
    const spent_until = now + wait * 1_000;
    return { ...(counter ?? { sessions: 0, expires_at: spent_until }), spent_until, spent_hour: hour };
  }
}
