import { secondsLeft } from "../../core/budget/level";
import { BUDGETS } from "../../core/budget/name";
import { startWait } from "../../core/budget/site";
import type { SiteSpending } from "../../core/budget/sites";
import { type CallBudget, type Spending, senderKey } from "../../core/budget/spending";
import { placeOf } from "../../core/identity/name";
import type { AddressCounter } from "../../data/store/counters";
import { BUDGET_CACHE_MS, BUDGET_WAIT_MS, CHARGE_LEAD_BYTES, SITE_CACHE_ENTRIES, SITE_RETRY_MS } from "../../limits";
import { Cache } from "../../ops/cache";
import { inTime } from "../../ops/in-time";
import { errorField } from "../../ops/logger";
import { Problem } from "../../protocol/problem";
import { dayOf } from "../../time";
import type { Context } from "./context";
import { BUDGET_CACHE_SENDERS } from "./limits";

/** Leads of an address: 60 an hour, and 300 at once, as from a tablet at a fair. */
export const ADDRESS_LEAD_BYTES_PER_HOUR = 60 * CHARGE_LEAD_BYTES;
/** Calls name the spent share of the site's budget from here on. Shedding begins at half. */
const BUDGET_NAMED_SHARE = 0.4;

/** Addresses and sessions that have spent their budget, and until when (epoch ms), as actors told this isolate. */
const spent = new Cache<number>(BUDGET_CACHE_SENDERS);

/** Bytes that sites have spent on a day, and whether the database is full. */
const sites = new Cache<SiteSpending>(SITE_CACHE_ENTRIES);

/** Remembers that an address or a session may send again in `wait` seconds. Until then its calls wake no actor. */
export const rememberSpent = (who: string, wait: number): void =>
  spent.set(who, Date.now() + wait * 1_000, wait * 1_000);

/** A budget that is spent. */
export interface SpentBudget {
  /** Seconds until there is more. */
  wait: number;
  detail: string;
}

const spentBy = (who: "address" | "session", wait: number): SpentBudget => ({
  wait,
  detail: `This ${who} has sent more than it may in a while.`,
});

/** What this isolate remembers of an address and a session. */
export function knownSpent({ sender, address_hour }: CallBudget, session_id: string): SpentBudget | null {
  const now = Date.now();
  const ofSender = sender === null ? 0 : secondsLeft(spent.get(senderKey(sender, address_hour)) ?? 0, now);
  if (ofSender > 0) return spentBy("address", ofSender);
  const ofSession = secondsLeft(spent.get(session_id) ?? 0, now);
  return ofSession > 0 ? spentBy("session", ofSession) : null;
}

/** What KV says of an address. It may have spent another site's budget, and not yet this site's, which is larger. */
export function counterSpent({ sender, address_hour }: CallBudget, counter: AddressCounter | null): SpentBudget | null {
  const { spent_until = 0, spent_hour = 0 } = counter ?? {};
  const wait = secondsLeft(spent_until, Date.now());
  if (sender === null || wait === 0 || spent_hour < address_hour) return null;
  rememberSpent(senderKey(sender, address_hour), wait);
  return spentBy("address", wait);
}

/** What a session is told about its site. */
export type SiteWord = Pick<CallBudget, "new_sessions_wait" | "site_share" | "is_database_full">;

/**
 * What the session is told about its site. The budget actor is asked only if the call may begin a session; else the isolate's
 * memory has to do.
 */
export async function siteWord(context: Context, site: string, day: number, isStart: boolean): Promise<SiteWord> {
  const now = Date.now();
  const key = `${dayOf(now)} ${site}`;
  const known = sites.get(key) ?? (isStart ? await ask(context, site, key) : undefined);
  if (!known) return {};
  const share = known.bytes / day;
  const wait = startWait(share, now);
  const word: SiteWord = {};
  if (wait > 0) word.new_sessions_wait = wait;
  if (share >= BUDGET_NAMED_SHARE) word.site_share = share;
  if (known.is_database_full) word.is_database_full = true;
  return word;
}

async function ask({ env, log }: Context, site: string, key: string): Promise<SiteSpending> {
  try {
    const spending = await inTime(env.BUDGET.getByName(BUDGETS).spending(site), BUDGET_WAIT_MS);
    sites.set(key, spending, BUDGET_CACHE_MS);
    return spending;
  } catch (error) {
    // The other limits still hold, so nobody is kept out. The failure is remembered, so that not every call asks.
    log.warn("spending_unreadable", { site, error: errorField(error) });
    const unknown: SiteSpending = { bytes: 0, is_database_full: false };
    sites.set(key, unknown, SITE_RETRY_MS);
    return unknown;
  }
}

/** Counts a lead, and refuses it if its address has sent more than it may. A lead that cannot be counted is taken. */
export async function limitLeadSpending({ env, log }: Context, site: string, budget: CallBudget): Promise<void> {
  const { sender, site_day } = budget;
  const spending: Spending = {
    v: 1,
    of: "leads",
    sender,
    address_hour: ADDRESS_LEAD_BYTES_PER_HOUR,
    site,
    site_day,
    bytes: CHARGE_LEAD_BYTES,
  };
  // A sender with a key has no budget as an address, so any shard will do.
  const { shard } = placeOf(env.IDENTITY, "address", sender ?? crypto.randomUUID(), site);
  try {
    const { wait } = await inTime(env.IDENTITY.getByName(shard).spend(spending), BUDGET_WAIT_MS);
    if (wait === 0) return;
    throw new Problem("budget_spent", "This address has sent more leads than it may in a while.", { retryAfter: wait });
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.warn("lead_uncounted", { site, error: errorField(error) });
  }
}
