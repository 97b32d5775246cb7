import { BUDGET_MAX_SITES } from "../../limits";
import { dayOf, MINUTE_MS } from "../../time";

/** A shard passes on what it has counted for a site once that is this share of the site's budget, or has waited this long (ms). */
const BUDGET_ADD_SHARE = 0.001;
export const BUDGET_ADD_MS = MINUTE_MS;

/** What one shard has counted for a site today, and the last total of all shards that it was told, bytes. */
interface KnownSite {
  /** Not passed on yet. */
  own: number;
  total: number;
  /** When the shard last passed on its count, epoch ms. */
  at: number;
}

/** Bytes by site for one day (UTC): what a shard passes on, or what all shards have come to. */
export interface SiteSums {
  day: string;
  sums: Record<string, number>;
}

/** What a site has spent today, bytes, and whether the database that all sites share is nearly full. */
export interface SiteSpending {
  bytes: number;
  is_database_full: boolean;
}

/**
 * A shard's part in counting what sites spend in a day. It is in memory only: a death loses less than what would have been passed
 * on next.
 */
export class Sites {
  #day = "";
  #known = new Map<string, KnownSite>();

  /** Counts the bytes. Returns the share of its budget that the site has spent, as far as this shard knows. */
  spend(site: string, bytes: number, budget: number, now: number): number {
    this.#begin(now);
    const known = this.#known.get(site) ?? { own: 0, total: 0, at: now };
    if (!this.#known.has(site) && this.#known.size < BUDGET_MAX_SITES) this.#known.set(site, known);
    known.own += bytes;
    return (known.total + known.own) / budget;
  }

  /** Takes what is to be passed on now for this site; null while it is small and recent. */
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

  /** Takes in the totals of all shards. */
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
