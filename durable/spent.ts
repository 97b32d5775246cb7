import { BUDGETS } from "../src/budget/name";
import { Senders } from "../src/budget/senders";
import { Sites } from "../src/budget/sites";
import type { Spending, Told } from "../src/budget/spending";
import type { Env } from "../src/env";
import { errorField, type Logger } from "../src/http/logger";

export interface SpentHost {
  env: Pick<Env, "BUDGET">;
  /** Tells the edge that an address may not spend: new sessions are refused before an actor wakes. */
  tell(sender: string): Promise<void>;
  log: Logger;
}

/** What the addresses of one shard spend, and what it has counted of each site. Nothing of it is on disk. */
export class Spent {
  readonly #host: SpentHost;
  readonly #senders = new Senders();
  readonly #sites = new Sites();

  constructor(host: SpentHost) {
    this.#host = host;
  }

  /** Seconds until the address may spend again. */
  wait(sender: string, now: number): number {
    return this.#senders.wait(sender, now);
  }

  async spend({ of, sender, address_hour, site, site_day, bytes }: Spending, now: number): Promise<Told> {
    let share = this.#sites.spend(site, bytes, site_day, now);
    const name = of === "leads" ? `leads ${sender}` : sender;
    const { wait, isNews } =
      name === null ? { wait: 0, isNews: false } : this.#senders.spend(name, bytes, address_hour, now);
    const due = this.#sites.due(site, site_day, now);
    const [total] = await Promise.all([
      due && this.#orNothing(this.#host.env.BUDGET.getByName(BUDGETS).add(due)),
      isNews && of === "calls" && sender !== null && this.#orNothing(this.#host.tell(sender)),
    ]);
    if (total) {
      this.#sites.learn(total);
      share = this.#sites.spend(site, 0, site_day, Date.now());
    }
    return { wait, share };
  }

  /** The sender's events are taken whether or not this is counted; what is lost here is one shard's of a minute. */
  async #orNothing<T>(step: Promise<T>): Promise<T | null> {
    try {
      return await step;
    } catch (error) {
      this.#host.log.warn("budget_failed", { error: errorField(error) });
      return null;
    }
  }
}
