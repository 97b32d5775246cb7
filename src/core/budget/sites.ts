import { BUDGET_MAX_SITES } from "../../limits";
import { dayOf, MINUTE_MS } from "../../time";

/** What the shards have counted for a site is added up when it is so much of its budget, or has waited so long. */
const BUDGET_ADD_SHARE = 0.001;
export const BUDGET_ADD_MS = MINUTE_MS;

/** What one shard has counted of a site today, and what it was told of all of them together. */
interface KnownSite {
  /** Not added up with the others' yet, bytes. */
  own: number;
  total: number;
  /** When it was added up last, epoch ms. */
  at: number;
}

/** Sums to be added up with the other shards'. */
export interface SiteSums {
  day: string;
  sums: Record<string, number>;
}

/** What a site has spent today, bytes, and how the database of all of them is. */
export interface SiteSpending {
  bytes: number;
  is_database_full: boolean;
}

/** A shard's part in counting what sites spend in a day. In memory: what a death loses is less than what is due to be added. */
export class Sites {
  #day = "";
  #known = new Map<string, KnownSite>();

  /** The share of its budget that the site has spent, as far as this shard knows. */
  spend(site: string, bytes: number, budget: number, now: number): number {
    this.#begin(now);
    const known = this.#known.get(site) ?? { own: 0, total: 0, at: now };
    if (!this.#known.has(site) && this.#known.size < BUDGET_MAX_SITES) this.#known.set(site, known);
    known.own += bytes;
    return (known.total + known.own) / budget;
  }

  /** What is to be added up now, for this site; null while it is too little to matter, and not old. */
  due(site: string, budget: number, now: number): SiteSums | null {
    const known = this.#known.get(site);
    if (!known || known.own === 0) return null;
    if (known.own < budget * BUDGET_ADD_SHARE && now - known.at < BUDGET_ADD_MS) return null;
    const sums = { [site]: known.own };
    known.total += known.own;
    known.own = 0;
    known.at = now;
    return { day: this.#day, sums };
  }

  /** What all shards have come to. */
  learn({ day, sums }: SiteSums): void {
    if (day !== this.#day) return;
    for (const [site, total] of Object.entries(sums)) {
      const known = this.#known.get(site);
      if (known) known.total = Math.max(known.total, total);
    }
  }

  #begin(now: number): void {
    const day = dayOf(now);
    if (day === this.#day) return;
    this.#day = day;
    this.#known = new Map();
  }
}
