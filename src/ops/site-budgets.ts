import type { Env } from "../bindings";
import { BUDGETS } from "../core/budget/name";
import { knownSites, siteSettings } from "./site-settings";

/** Sites in one answer: each costs a call for its settings, and an invocation has 1,000 calls. */
const BUDGET_SITES_SHOWN = 200;

/** Bytes that a site has spent today (UTC), and may spend in a day. */
export interface SiteBudget {
  site: string;
  spent_bytes: number;
  budget_bytes: number;
}

/** Sites that are set or have spent something today; the largest share of its budget first. */
export async function siteBudgets(env: Env): Promise<SiteBudget[]> {
  const [known, { sums }] = await Promise.all([knownSites(env), env.BUDGET.getByName(BUDGETS).today()]);
  const most = Object.keys(sums).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0));
  const sites = [...new Set([...most, ...known])].slice(0, BUDGET_SITES_SHOWN);
  const budgets = await Promise.all(
    sites.map(async (site) => ({
      site,
      spent_bytes: Object.hasOwn(sums, site) ? (sums[site] ?? 0) : 0,
      budget_bytes: (await siteSettings(env, site)).budgets.site_bytes_per_day,
    })),
  );
  return budgets.sort((a, b) => b.spent_bytes / b.budget_bytes - a.spent_bytes / a.budget_bytes);
}
