import { isDevelopment, limitsLifted } from "../../bindings";
import type { CallBudget } from "../../core/budget/spending";
import { limitedAddress, storedAddress } from "../../core/network/address";
import { clientNetwork } from "../../core/network/client";
import { ruleOf } from "../../core/recording/rule";
import type { CallContext } from "../../core/session/calls/call";
import { originAllowed, siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { invalidQuery, Problem } from "../../protocol/problem";
import type { SiteSettings } from "../../protocol/site";
import type { StartInput } from "../../protocol/track";
import { DEFAULT_SITE, SiteName } from "../../protocol/values";
import { requireIngest } from "./auth";
import type { Context } from "./context";
import { refuseRepeats } from "./query";
import { addressOf, limitStart } from "./rate";
import { counterSpent, knownSpent, type SiteWord, type SpentBudget, siteWord } from "./spending";

/** Lets a call of a page or a server in, before any actor wakes: checks its origin, its budget, and the limits on starting. */
export async function admit(
  context: Context,
  session_id: string,
  named: string | null | undefined,
  start: Pick<StartInput, "consent"> | null,
): Promise<CallContext> {
  const { request, env } = context;
  const gpc = headerOf(request.headers, "Sec-GPC") === "1";
  const site = siteOf(context, named);
  const settings = await siteSettings(env, site);
  const isKeyed = await checkOrigin(context, settings, site);
  const stored = await storedAddress(addressOf(request), settings.ip, env.ADDRESS_HASH_SECRET);
  const budget = limitsLifted(env) ? null : await budgetOf(context, settings, isKeyed);
  // A withdrawal of consent always passes: only the actor knows whether there was any.
  const refuse = (spent: SpentBudget | null): void => {
    if (!spent || gpc || start?.consent === "denied") return;
    throw new Problem("budget_spent", spent.detail, { retryAfter: spent.wait });
  };
  const known = budget && knownSpent(budget, session_id);
  refuse(known);
  const counter = start ? await limitStart(context, site, stored, budget?.sender ?? null) : null;
  const spent = known ?? (budget && counterSpent(budget, counter));
  refuse(spent);
  const word = budget && (await siteWord(context, site, budget.site_day, start !== null));
  const call: CallContext = {
    session_id,
    site,
    gpc,
    default_consent: settings.default_consent,
    record: ruleOf(settings.record),
    network: clientNetwork(request, stored),
    key_hash: null,
  };
  addSettings(call, settings);
  if (budget) call.budget = budgetOfCall(budget, word, spent);
  return call;
}

/** Only what differs from the usual travels with each call. */
function addSettings(
  call: CallContext,
  { expose, allow, trailing_slash, identity_group, events, kv }: SiteSettings,
): void {
  if (expose.length > 0) call.expose = expose;
  if (allow.length > 0) call.allow = allow;
  if (trailing_slash === "drop") call.trailing_slash = trailing_slash;
  if (identity_group !== null) call.identity_group = identity_group;
  if (events === "archive") call.events_in = events;
  if (kv === "notable") call.kv = kv;
}

function budgetOfCall(budget: CallBudget, word: SiteWord | null, spent: SpentBudget | null): CallBudget {
  const whole: CallBudget = { ...budget, ...word };
  if (spent) whole.spent_for = spent.wait;
  return whole;
}

/** What the caller may spend. A server with a key sends for many people, so it has no budget as an address. */
export async function budgetOf(
  { request, env }: Context,
  { budgets, ip }: SiteSettings,
  isKeyed: boolean,
): Promise<CallBudget> {
  return {
    sender: isKeyed ? null : await limitedAddress(addressOf(request), ip, env.ADDRESS_HASH_SECRET),
    session_hour: budgets.session_bytes_per_hour,
    address_hour: budgets.address_bytes_per_hour,
    site_day: budgets.site_bytes_per_day,
  };
}

/** The site of a call: from the address, else as the body names it. */
export function siteOf({ url }: Context, named: string | null | undefined): string {
  refuseRepeats(url.searchParams);
  const site = url.searchParams.get("site") ?? named ?? DEFAULT_SITE;
  const parsed = SiteName.safeParse(site);
  if (parsed.success) return parsed.data;
  throw invalidQuery("site", parsed.error.issues[0]?.message ?? "is no site name");
}

/** Checks the page's origin, or the key of a caller without one. True if a key was needed. Leads of old browsers pass another `origin`. */
export async function checkOrigin(
  { request, env }: Context,
  settings: SiteSettings,
  site: string,
  origin: string | null = headerOf(request.headers, "Origin"),
): Promise<boolean> {
  if (origin !== null) {
    if (originAllowed(origin, settings.allowed_origins)) return false;
    throw new Problem("origin_not_allowed", "This site takes no events from this origin.");
  }
  if (isDevelopment(env)) return false;
  await requireIngest(request, env, site);
  return true;
}
