import type { Env } from "../bindings";
import { type AlertKind, type Condition, isSilent } from "../core/alerts/alert";
import { BUDGETS } from "../core/budget/name";
import { listOverdue, readFigures, type SiteFigures } from "../data/store/alerts";
import { DATABASE_MAX_BYTES, DATABASE_SHED_BYTES } from "../limits";
import { HOUR_MS, MINUTE_MS } from "../time";
import { errorField, type LogFields, type Logger } from "./logger";
import { alertedSites, siteSettings } from "./site-settings";

/** Share of a site's daily budget from which there is an alert, while there is time to set a larger budget. */
const BUDGET_ALERT_SHARE = 0.8;
/** Size of the database from which there is an alert. At most sites that leaves weeks. */
export const DATABASE_ALERT_BYTES = 0.8 * DATABASE_MAX_BYTES;
/** Dead letters of this long are in the alert. */
const ALERT_DEAD_MS = HOUR_MS;
/** An endpoint counts as failing when its breaker has been open this long. */
export const ALERT_FAILING_MS = 10 * MINUTE_MS;
/** Sites that one run of the cron looks at. */
const ALERT_MAX_SITES = 500;
/** A delivery this long past its time has lost its alarm. One run wakes at most `DELIVERY_MAX_WAKES`. */
const DELIVERY_OVERDUE_MS = 15 * MINUTE_MS;
const DELIVERY_MAX_WAKES = 200;

/** The kinds that D1 tells. Sessions themselves tell when they are stuck. */
const FROM_D1: AlertKind[] = ["no_leads", "dead_letters", "endpoint_failing", "database_filling"];

/** Looks at every site that has a webhook, and tells its alert actor which conditions hold. A site that fails does not stop the rest. */
export async function checkAlerts(env: Env, log: Logger, now: number): Promise<LogFields> {
  const sites = (await alertedSites(env)).slice(0, ALERT_MAX_SITES);
  let fired = 0;
  for (const site of sites) {
    try {
      fired += (await checkSite(env, log, site, now)).length;
    } catch (error) {
      log.warn("alerts_failed", { site, error: errorField(error) });
    }
  }
  return { sites: sites.length, fired };
}

async function checkSite(env: Env, log: Logger, site: string, now: number): Promise<string[]> {
  const { forms, budgets } = await siteSettings(env, site);
  const figures = await readFigures(env.DB, site, now, now - ALERT_DEAD_MS).catch((error: unknown) => {
    log.warn("figures_failed", { site, error: errorField(error) });
    return null;
  });
  const spent = await env.BUDGET.getByName(BUDGETS)
    .spent(site)
    .catch((error: unknown) => {
      log.warn("spent_failed", { site, error: errorField(error) });
      return null;
    });
  const conditions: Condition[] = [];
  const looked: AlertKind[] = [];
  if (figures) {
    conditions.push(...conditionsOf(figures, forms.silence_minutes * MINUTE_MS, now));
    looked.push(...FROM_D1);
  }
  if (spent !== null) {
    conditions.push(...spending(spent, budgets.site_bytes_per_day));
    looked.push("budget_spending");
  }
  return env.ALERTS.getByName(site).observe(site, conditions, looked);
}

/** Whether a site has spent most of its daily budget, bytes. Pure. */
function spending(spent: number, budget: number): Condition[] {
  if (spent < budget * BUDGET_ALERT_SHARE) return [];
  const detail = { spent_bytes: spent, budget_bytes: budget, percent: Math.floor((spent / budget) * 100) };
  return [{ kind: "budget_spending", key: "", detail }];
}

/** The conditions that hold by a site's figures. Pure. */
function conditionsOf(figures: SiteFigures, silent_ms: number, now: number): Condition[] {
  const { silence, dead, endpoints, database_bytes } = figures;
  const found: Condition[] = [];
  if (database_bytes !== null && database_bytes >= DATABASE_ALERT_BYTES) {
    const detail = { database_bytes, max_bytes: DATABASE_MAX_BYTES, archive_only_from_bytes: DATABASE_SHED_BYTES };
    found.push({ kind: "database_filling", key: "", detail });
  }
  if (isSilent(silence, silent_ms, now)) {
    const minutes = Math.floor((now - (silence.last_at ?? now)) / MINUTE_MS);
    const usual = Math.min(...silence.before);
    found.push({ kind: "no_leads", key: "", detail: { last_at: silence.last_at, minutes, usually_at_least: usual } });
  }
  if (dead > 0) found.push({ kind: "dead_letters", key: "", detail: { deliveries: dead, since: now - ALERT_DEAD_MS } });
  for (const { endpoint_id, state, failures, since, reason } of endpoints) {
    if (state !== "disabled" && now - (since ?? now) < ALERT_FAILING_MS) continue;
    found.push({ kind: "endpoint_failing", key: endpoint_id, detail: { endpoint_id, state, failures, since, reason } });
  }
  return found;
}

/** Wakes leads whose delivery is long past its time. A lost alarm is the one failure that the lead's own alarm cannot mend. */
export async function wakeOverdue(env: Env, log: Logger, now: number): Promise<LogFields> {
  const leads = await listOverdue(env.DB, now - DELIVERY_OVERDUE_MS, DELIVERY_MAX_WAKES);
  let woken = 0;
  for (const lead_id of leads) {
    try {
      await env.LEAD.getByName(lead_id).wake();
      woken += 1;
    } catch (error) {
      log.warn("wake_failed", { lead_id, error: errorField(error) });
    }
  }
  return { leads_woken: woken };
}
