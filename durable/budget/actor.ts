import { DurableObject } from "cloudflare:workers";
import type { BudgetRpc, Env } from "../../src/bindings";
import type { SiteSpending, SiteSums } from "../../src/core/budget/sites";
import { admitTypes, isFull, isSpent, type SiteTypes } from "../../src/core/budget/types";
import { BUDGET_MAX_SITES, DATABASE_SHED_BYTES } from "../../src/limits";
import { dayOf } from "../../src/time";

const KEY = "day";

/**
 * What every site has spent today, in bytes, over all addresses; and which custom event types it has. One object is enough: shards
 * of addresses add what they have counted once it is a thousandth of a budget or a minute old, and an isolate asks for a type once
 * a day.
 */
export class BudgetActor extends DurableObject<Env> implements BudgetRpc {
  #day: SiteSums;
  #isDatabaseFull = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#day = ctx.storage.kv.get<SiteSums>(KEY) ?? { day: "", sums: {} };
  }

  /** Adds a shard's sums of a day, and returns what those sites have come to. Sums of a day that is over are not kept. */
  add({ day, sums }: SiteSums): SiteSums {
    if (day < this.#day.day) return { day, sums: {} };
    if (day > this.#day.day) this.#day = { day, sums: {} };
    const totals = { ...this.#day.sums };
    for (const [site, bytes] of Object.entries(sums)) {
      if (!Object.hasOwn(totals, site) && Object.keys(totals).length >= BUDGET_MAX_SITES) continue;
      totals[site] = (Object.hasOwn(totals, site) ? (totals[site] ?? 0) : 0) + bytes;
    }
    this.#day = { day, sums: totals };
    this.ctx.storage.kv.put(KEY, this.#day);
    return { day, sums: Object.fromEntries(Object.keys(sums).map((site) => [site, totals[site] ?? 0])) };
  }

  /**
   * `refused`: the custom event types that have no room, in the site or in what their sender (`bucket`) may bring. `all`: every
   * type of the site, if no further one has room; else null. New types are stored only with `takes`.
   */
  types(
    site: string,
    day: string,
    names: readonly string[],
    { bucket, takes }: { bucket: number | null; takes: boolean },
  ): { refused: string[]; all: string[] | null } {
    const key = `types ${site}`;
    const known = this.ctx.storage.kv.get<SiteTypes>(key) ?? {};
    const { types, refused } = admitTypes(known, names, day, bucket);
    const kept = takes ? types : known;
    if (takes && JSON.stringify(types) !== JSON.stringify(known)) this.ctx.storage.kv.put(key, types);
    return { refused, all: isFull(kept) || isSpent(kept, bucket, dayOf(Date.parse(day))) ? Object.keys(kept) : null };
  }

  /** What the edge asks before a session begins. */
  spending(site: string): SiteSpending {
    return { bytes: this.spent(site), is_database_full: this.#isDatabaseFull };
  }

  /**
   * The database's size in bytes, which the cron reports every five minutes. It is kept in memory only, because the report is
   * repeated.
   */
  databaseIs(bytes: number): void {
    this.#isDatabaseFull = bytes >= DATABASE_SHED_BYTES;
  }

  /** What a site has spent today, bytes. */
  spent(site: string): number {
    const { sums } = this.today();
    return Object.hasOwn(sums, site) ? (sums[site] ?? 0) : 0;
  }

  /** Every site that has spent something today. */
  today(): SiteSums {
    const day = dayOf(Date.now());
    return this.#day.day === day ? this.#day : { day, sums: {} };
  }
}
