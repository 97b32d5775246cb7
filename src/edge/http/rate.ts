import { type Env, limitsLifted } from "../../bindings";
import { senderOf, siteSenderOf } from "../../core/network/address";
import { type AddressCounter, readAddressCounter } from "../../data/store/counters";
import { API_PER_MINUTE, KV_CACHE_SECONDS, RATE_PERIOD_SECONDS, STARTS_PER_ADDRESS_DAY } from "../../limits";
import { errorField } from "../../ops/logger";
import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";
import { isKeyShown } from "./auth";
import type { Context } from "./context";

/** Limits that are checked before any actor wakes. */

/** The caller's address, as the edge sets it. No other header counts: clients may send anything. */
export const addressOf = (request: Request): string => headerOf(request.headers, "CF-Connecting-IP") ?? "";

const limited = (detail: string, retryAfter: number): Problem => new Problem("rate_limited", detail, { retryAfter });

/** The binding does not tell the remaining time, so a refused caller waits a whole period. */
async function take(limiter: RateLimit, key: string, detail: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) throw limited(detail, RATE_PERIOD_SECONDS);
}

/** Takes one from the sender's limit. For IPv6 it also takes one from the limit of a part of its /48: four parts have one each. */
async function takeOf(limiter: RateLimit, request: Request, detail: string): Promise<void> {
  const address = addressOf(request);
  await take(limiter, senderOf(address), detail);
  const site = siteSenderOf(address);
  if (site !== null) await take(limiter, site, detail);
}

export async function limitTrack(env: Env, request: Request): Promise<void> {
  if (limitsLifted(env)) return;
  await takeOf(env.LIMIT_TRACK, request, "Too many requests from this address.");
}

/** The limit of a key, as each of its answers says it: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
export const KEY_POLICY = { "RateLimit-Policy": `"key";q=${API_PER_MINUTE};w=${RATE_PERIOD_SECONDS}` };

/** Per key, wherever its calls come from. The limit per address holds too. */
export async function limitKey(env: Env, key_id: string): Promise<void> {
  if (limitsLifted(env)) return;
  const { success } = await env.LIMIT_API.limit({ key: `key:${key_id}` });
  if (success) return;
  throw new Problem("rate_limited", "Too many requests with this key.", {
    retryAfter: RATE_PERIOD_SECONDS,
    headers: KEY_POLICY,
  });
}

export async function limitApi(env: Env, request: Request): Promise<void> {
  if (limitsLifted(env)) return;
  await takeOf(env.LIMIT_API, request, "Too many requests from this address.");
}

/** Tries to send a lead, good or bad, per address. Not for callers that show a key: a server sends the leads of many people. */
export async function limitLeadTries({ env, request }: Context): Promise<void> {
  if (limitsLifted(env) || isKeyShown(request)) return;
  await takeOf(env.LIMIT_LEADS, request, "Too many leads from this address.");
}

/** Leads of a site. Those that its servers send with a key have a limit of their own: no site's name has a blank in it. */
export async function limitLeads({ env }: Context, site: string, isKeyed: boolean): Promise<void> {
  if (limitsLifted(env)) return;
  await take(env.LIMIT_SITE_LEADS, isKeyed ? `keyed ${site}` : site, "Too many leads on this site.");
}

/**
 * A start may create an actor, which costs more than a batch. It is limited per address, per site, and per address and day. Returns
 * what KV says of `sender`.
 */
export async function limitStart(
  context: Context,
  site: string,
  stored: string | null,
  sender: string | null,
): Promise<AddressCounter | null> {
  const { env, request } = context;
  if (limitsLifted(env)) return null;
  await takeOf(env.LIMIT_START, request, "Too many sessions started from this address.");
  await take(env.LIMIT_SITE_STARTS, site, "Too many sessions started on this site.");
  const [counter, spending] = await countersOf(context, stored, sender);
  const wait = counter ? windowWait(counter, Date.now()) : 0;
  if (wait > 0) throw limited("Too many sessions from this network today.", wait);
  return spending;
}

/** KV's entries of the address as it is stored, and of the address as its spending is counted. Mostly both are one. */
async function countersOf({ env, log }: Context, stored: string | null, sender: string | null) {
  const read = (address: string | null): Promise<AddressCounter | null> =>
    address === null
      ? Promise.resolve(null)
      : readAddressCounter(env.TRACKING_KV, address, KV_CACHE_SECONDS).catch((error: unknown) => {
          // The other limits still hold, so a counter that cannot be read keeps nobody out.
          log.warn("counter_unreadable", { error: errorField(error) });
          return null;
        });
  const first = read(stored);
  return Promise.all([first, sender === stored ? first : read(sender)]);
}

/** Seconds until the address may start sessions again; 0 if it may now. */
function windowWait({ sessions, expires_at }: AddressCounter, now: number): number {
  const used = sessions >= STARTS_PER_ADDRESS_DAY && expires_at > now;
  return used ? Math.max(1, Math.ceil((expires_at - now) / 1_000)) : 0;
}
