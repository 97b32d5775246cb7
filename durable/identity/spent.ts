import type { Env } from "../../src/bindings";
import { BUDGETS } from "../../src/core/budget/name";
import { type KeptLevel, Senders } from "../../src/core/budget/senders";
import { type SiteSums, Sites } from "../../src/core/budget/sites";
import type { Spending, SpendingAnswer } from "../../src/core/budget/spending";
import { BUDGET_WAIT_MS } from "../../src/limits";
import { inTime } from "../../src/ops/in-time";
import { errorField, type Logger } from "../../src/ops/logger";
import { SECOND_MS } from "../../src/time";

/**
 * How often the addresses that have spent more than an hour's budget are written down, and how many at most, the newest: one row of
 * some 60 KB.
 */
const BUDGET_KEEP_MS = 10 * SECOND_MS;
const BUDGET_KEPT_SENDERS = 500;

export interface SpentHost {
  env: Pick<Env, "BUDGET">;
  storage: DurableObjectStorage;
  /** A name for an address that does not reveal it. */
  nameOf(sender: string): string;
  /** Tells the edge that an address may not spend, so that its new sessions are refused before an actor wakes. */
  tell(sender: string, hour: number): Promise<void>;
  log: Logger;
}

const KEY = "spent";

/**
 * What the addresses of one shard spend, and what the shard has counted for each site. It is in memory. Only addresses that have
 * spent much are written down too, by a hash.
 */
export class Spent {
  readonly #host: SpentHost;
  readonly #senders: Senders;
  readonly #sites = new Sites();
  #keptAt = 0;
  #hasKept: boolean;

  constructor(host: SpentHost) {
    this.#host = host;
    const kept = host.storage.kv.get<KeptLevel[]>(KEY) ?? [];
    this.#senders = new Senders(kept);
    this.#hasKept = kept.length > 0;
  }

  /** Seconds until the address may spend again at this rate, bytes an hour. */
  wait(sender: string, hour: number, now: number): number {
    return this.#senders.wait(this.#name("calls", sender, hour), now);
  }

  spend({ of, sender, address_hour: hour, site, site_day, bytes }: Spending, now: number): SpendingAnswer {
    const share = this.#sites.spend(site, bytes, site_day, now);
    const due = this.#sites.due(site, site_day, now);
    if (due) void this.#add(due);
    if (sender === null) return { wait: 0, share };
    const name = this.#name(of, sender, hour);
    const known = this.#senders.wait(name, now);
    // A refused lead costs nothing more, so it is not counted. A call is told only after it was taken, so it always counts.
    if (of === "leads" && known > 0) return { wait: known, share };
    const { wait, isNews } = this.#senders.spend(name, bytes, hour, now);
    if (isNews && of === "calls") void this.#orNothing(this.#host.tell(sender, hour));
    this.#keep(now);
    return { wait, share };
  }

  #name = (of: Spending["of"], sender: string, hour: number): string => `${of} ${this.#host.nameOf(sender)} ${hour}`;

  async #add(due: SiteSums): Promise<void> {
    const total = await this.#orNothing(inTime(this.#host.env.BUDGET.getByName(BUDGETS).add(due), BUDGET_WAIT_MS));
    if (total) this.#sites.learn(total);
  }

  #keep(now: number): void {
    if (now - this.#keptAt < BUDGET_KEEP_MS && now >= this.#keptAt) return;
    const heavy = this.#senders.heavy(now, BUDGET_KEPT_SENDERS);
    this.#keptAt = now;
    if (heavy.length > 0) this.#host.storage.kv.put(KEY, heavy);
    else if (this.#hasKept) this.#host.storage.kv.delete(KEY);
    this.#hasKept = heavy.length > 0;
  }

  /**
   * Null if the step fails. The sender's events are taken whether or not this is counted, and what is lost is what one shard
   * counted in a minute.
   */
  async #orNothing<T>(step: Promise<T>): Promise<T | null> {
    try {
      return await step;
    } catch (error) {
      this.#host.log.warn("budget_failed", { error: errorField(error) });
      return null;
    }
  }
}
