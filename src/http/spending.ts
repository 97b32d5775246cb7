import { BUDGETS } from "../budget/name";
import { startWait } from "../budget/site";
import type { CallBudget, Spending } from "../budget/spending";
import { placeOf } from "../identity/name";
import {
  ADDRESS_LEAD_BYTES_PER_HOUR,
  BUDGET_CACHE_MS,
  BUDGET_CACHE_SENDERS,
  CHARGE_LEAD_BYTES,
  SITE_CACHE_ENTRIES,
} from "../limits";
import { Cache } from "./cache";
import type { Context } from "./context";
import { errorField } from "./logger";
import { Problem } from "./problem";

/** Addresses and sessions that have spent their budget, until when (epoch ms), as actors have told this isolate. */
const spent = new Cache<number>(BUDGET_CACHE_SENDERS);

/** What sites have spent today, bytes. */
const sites = new Cache<number>(SITE_CACHE_ENTRIES);

const secondsUntil = (time: number): number => Math.ceil((time - Date.now()) / 1_000);

/** `wait`: seconds until an address, or a session, may send again. Until then its calls wake no actor. */
export const rememberSpent = (who: string, wait: number): void =>
  spent.set(who, Date.now() + wait * 1_000, wait * 1_000);

/** What is spent before any actor wakes, and for how many seconds yet. */
export interface Spent {
  wait: number;
  detail: string;
}

const spentBy = (who: "address" | "session", until: number): Spent => ({
  wait: secondsUntil(until),
  detail: `This ${who} has sent more than it may in a while.`,
});

/** What this isolate knows of an address and a session. */
export function knownSpent(sender: string | null, sessionId: string): Spent | null {
  const untilSender = sender === null ? undefined : spent.get(sender);
  if (untilSender !== undefined) return spentBy("address", untilSender);
  const until = spent.get(sessionId);
  return until === undefined ? null : spentBy("session", until);
}

/**
 * Before a session begins: `until` is KV's word for its address, epoch ms; and a site that has spent its budget takes no more
 * than a second one as the day goes on.
 */
export async function spentAtStart(
  context: Context,
  site: string,
  { sender, site_day }: CallBudget,
  until: number,
): Promise<Spent | null> {
  const left = secondsUntil(until);
  if (sender !== null && left > 0) {
    rememberSpent(sender, left);
    return spentBy("address", until);
  }
  const bytes = await spentOn(context, site).catch((error: unknown) => {
    // The other limits hold; what cannot be read keeps nobody out.
    context.log.warn("spending_unreadable", { site, error: errorField(error) });
    return 0;
  });
  const wait = startWait(bytes / site_day, Date.now());
  return wait === 0 ? null : { wait, detail: "This site takes no new sessions for a while." };
}

/** Counts a lead, and refuses it where its address has sent more than it may. One that cannot be counted is taken. */
export async function limitLeadSpending({ env, log }: Context, site: string, budget: CallBudget): Promise<void> {
  const { sender, site_day } = budget;
  const spending: Spending = {
    ...{ v: 1, of: "leads", sender, site, site_day },
    ...{ bytes: CHARGE_LEAD_BYTES, address_hour: ADDRESS_LEAD_BYTES_PER_HOUR },
  };
  // Whoever sends with a key has no budget as an address: those of a site meet at random.
  const { shard } = placeOf(env.IDENTITY, "address", sender ?? crypto.randomUUID(), site);
  try {
    const { wait } = await env.IDENTITY.getByName(shard).spend(spending);
    if (wait === 0) return;
    throw new Problem("budget_spent", "This address has sent more leads than it may in a while.", { retryAfter: wait });
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.warn("lead_uncounted", { site, error: errorField(error) });
  }
}

async function spentOn({ env }: Context, site: string): Promise<number> {
  const known = sites.get(site);
  if (known !== undefined) return known;
  const bytes = await env.BUDGET.getByName(BUDGETS).spent(site);
  sites.set(site, bytes, BUDGET_CACHE_MS);
  return bytes;
}
