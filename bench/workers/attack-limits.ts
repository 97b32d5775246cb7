import {
  API_PER_MINUTE,
  LEADS_PER_MINUTE,
  SITE_LEADS_PER_MINUTE,
  SITE_STARTS_PER_MINUTE,
  STARTS_PER_MINUTE,
  TRACK_PER_MINUTE,
} from "../../src/limits";
import { ADDRESS_BYTES_PER_HOUR, SITE_BYTES_PER_DAY, type SiteSettings } from "../../src/protocol/site";
import type { Attack } from "./attack-job";

/** Counts as the binding does: by key, in windows of a minute. */
class Limiter implements RateLimit {
  #minute = -1;
  #used = new Map<string, number>();

  constructor(readonly most: number) {}

  limit({ key }: RateLimitOptions): Promise<RateLimitOutcome> {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute) this.#used.clear();
    this.#minute = minute;
    const used = (this.#used.get(key) ?? 0) + 1;
    this.#used.set(key, used);
    return Promise.resolve({ success: used <= this.most });
  }
}

/** The address's limits, or the site's, scaled down as the attack is. */
export function limitsOf({ scale, isSpread }: Attack) {
  const ofAddress = (most: number) => new Limiter(isSpread ? most : most / scale);
  const ofSite = (most: number) => new Limiter(isSpread ? most / scale : most);
  return {
    LIMIT_TRACK: ofAddress(TRACK_PER_MINUTE),
    LIMIT_START: ofAddress(STARTS_PER_MINUTE),
    LIMIT_SITE_STARTS: ofSite(SITE_STARTS_PER_MINUTE),
    LIMIT_LEADS: ofAddress(LEADS_PER_MINUTE),
    LIMIT_SITE_LEADS: ofSite(SITE_LEADS_PER_MINUTE),
    LIMIT_API: ofAddress(API_PER_MINUTE),
  };
}

/** Budgets, scaled down as the attack is. */
export const budgetsOf = ({ scale, isSpread }: Attack): Partial<SiteSettings["budgets"]> =>
  isSpread
    ? { site_bytes_per_day: Math.round(SITE_BYTES_PER_DAY / scale) }
    : { address_bytes_per_hour: Math.round(ADDRESS_BYTES_PER_HOUR / scale) };
