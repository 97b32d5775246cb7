import type { SessionRpc } from "../../bindings";
import { isDevelopment, limitsLifted } from "../../bindings";
import type { CallBudget } from "../../core/budget/spending";
import { limitedAddress, storedAddress } from "../../core/network/address";
import { clientNetwork } from "../../core/network/client";
import { ruleOf } from "../../core/recording/rule";
import { buildCall, type CallContext, type CallParts } from "../../core/session/call";
import type { Refused, Taken, TrackResult } from "../../core/session/result";
import { withTypes } from "../../ops/admit-types";
import { errorField } from "../../ops/logger";
import { originAllowed, siteSettings } from "../../ops/site-settings";
import { DEFAULT_SITE, SiteName } from "../../protocol/fields";
import { headerOf } from "../../protocol/header";
import { fromRefusal, invalidQuery, Problem, unavailable } from "../../protocol/problem";
import type { SiteSettings } from "../../protocol/site";
import type { Parsed } from "../../protocol/text";
import {
  type Batch,
  type EndInput,
  EndInput as EndSchema,
  parseBatch,
  parseSingle,
  parseWith,
  StartInput,
} from "../../protocol/track";
import { requireIngest } from "../http/auth";
import { readJson } from "../http/body";
import { limitBytes } from "../http/byte-limit";
import type { Context, Handler } from "../http/context";
import { readableBy, withCors } from "../http/cors";
import { refuseRepeats } from "../http/query";
import { addressOf, limitStart, limitTrack } from "../http/rate";
import { fromRefused } from "../http/refused";
import { counterSpent, knownSpent, rememberSpent, type Spent, siteWord } from "../http/spending";
import { proofFor, type SharedVisitor, shownVisitor } from "./shared-visitor";

const ANSWER = { "Content-Type": "application/json", "Cache-Control": "no-store" };

/** `POST /track/session/start` */
export const startSession: Handler = (context) =>
  track(context, async (raw) => {
    const start = unwrap(parseWith(StartInput, raw));
    const session_id = start.session_id ?? crypto.randomUUID();
    const taken = await send(context, session_id, start.site, { start });
    const { visitor_id, device_id, record, shared, timestamp } = taken;
    // Where the events' acks say it, so that a page hears it in one place.
    return { session_id, visitor_id, device_id, ...(record && { ack: { record } }), ...shared, timestamp };
  });

/** `POST /track/events/batch` */
export const trackBatch: Handler = (context) => track(context, (raw) => sendBatch(context, unwrap(parseBatch(raw))));

/** `POST /track/event` */
export const trackEvent: Handler = (context) => track(context, (raw) => sendBatch(context, unwrap(parseSingle(raw))));

/** `POST /track/session/end` */
export const endSession: Handler = (context) =>
  track(context, async (raw) => {
    const end: EndInput = unwrap(parseWith(EndSchema, raw));
    const { session_id, ended_at } = await send(context, end.session_id, end.site, { end });
    return { session_id, ended_at };
  });

async function sendBatch(context: Context, batch: Batch) {
  const site = batch.site ?? batch.start?.site;
  const taken = await send(context, batch.session_id, site, { batch });
  const { accepted, duplicates, rejected, ack, ended, consent, engagement, shared, timestamp } = taken;
  // A page that said nothing of consent hears that nobody may be named, so that it forgets the visitor too.
  const isDenied = batch.start && !batch.start.consent && consent === "denied";
  const more = { ...(ended && { ended }), ...(isDenied && { consent }), ...(engagement && { engagement }), ...shared };
  return { accepted, duplicates, rejected, ack, ...more, timestamp };
}

export function unwrap<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw fromRefusal(parsed.refusal);
}

/** Limits and CORS around a tracking route. A page may read its errors too: `Retry-After` is for it. */
export async function track<Body = unknown>(
  context: Context,
  answer: (body: Body) => Promise<object>,
  read: (request: Request) => Promise<Body> = readJson as (request: Request) => Promise<Body>,
): Promise<Response> {
  const { request, env } = context;
  const origin = headerOf(request.headers, "Origin");
  try {
    await limitTrack(env, request);
    if (!limitsLifted(env)) limitBytes(request);
    const body = await answer(await read(request));
    return new Response(JSON.stringify(body), { headers: { ...ANSWER, ...readableBy(origin) } });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.log.info("refused", { code: error.code, status: error.status });
    return withCors(error.toResponse(), error.code === "origin_not_allowed" ? null : origin);
  }
}

/** Checks origin and limits, then hands the call to the session's actor. */
async function send(
  context: Context,
  session_id: string,
  site: string | null | undefined,
  parts: CallParts,
): Promise<Taken & { shared?: SharedVisitor }> {
  const start = parts.start ?? parts.batch?.start ?? null;
  const caller = await admit(context, session_id, site, start);
  const built = await buildCall(caller, parts, await shownVisitor(context, caller.site, start));
  // Without numbers a repeat would count twice, so it is not repeated here.
  const repeatable = !parts.batch || parts.batch.stream != null;
  const result = await withTypes(context.env, built, context.log, (call) =>
    callActor<TrackResult>(context, session_id, repeatable, (actor) => actor.track(call)),
  );
  if (!result.ok) throw refusedCall(result);
  const shared = await proofFor(context, built, result, start);
  return shared ? { ...result, shared } : result;
}

/** What an actor refused. Where a budget is spent it need not be asked again until there is more. */
export function refusedCall(refused: Refused): Problem {
  if (refused.spent_by !== undefined) rememberSpent(refused.spent_by, refused.retry_after ?? 0);
  return fromRefused(refused);
}

/** Who calls, if they may: origin, then the limits on starting. Before any actor wakes. */
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
  // Whoever withdraws what they had agreed to is always heard: the actor knows whether they had.
  const refuse = (spent: Spent | null): void => {
    if (!spent || gpc || start?.consent === "denied") return;
    throw new Problem("budget_spent", spent.detail, { retryAfter: spent.wait });
  };
  const known = budget && knownSpent(budget, session_id);
  refuse(known);
  const counter = start ? await limitStart(context, site, stored, budget?.sender ?? null) : null;
  const spent = known ?? (budget && counterSpent(budget, counter));
  refuse(spent);
  const word = budget && (await siteWord(context, site, budget.site_day, start !== null));
  return {
    session_id,
    site,
    gpc,
    default_consent: settings.default_consent,
    ...(settings.expose.length > 0 && { expose: settings.expose }),
    record: ruleOf(settings.record),
    ...(settings.allow.length > 0 && { allow: settings.allow }),
    ...(settings.trailing_slash === "drop" && { trailing_slash: settings.trailing_slash }),
    ...(settings.identity_group !== null && { identity_group: settings.identity_group }),
    ...(budget && { budget: { ...budget, ...word, ...(spent && { spent_for: spent.wait }) } }),
    network: clientNetwork(request, stored),
    key_hash: null,
  };
}

/** What the caller may spend. A server with a key sends for many people: it has no budget as an address. */
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

export function siteOf({ url }: Context, named: string | null | undefined): string {
  refuseRepeats(url.searchParams);
  const site = url.searchParams.get("site") ?? named ?? DEFAULT_SITE;
  const parsed = SiteName.safeParse(site);
  if (parsed.success) return parsed.data;
  throw invalidQuery("site", parsed.error.issues[0]?.message ?? "is no site name");
}

/** Whether a key was needed. `origin` is what the page says of itself; leads of old browsers say it by their referrer. */
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

/** An actor that cannot be reached is a 503 the sender may retry, never a 500. */
export async function callActor<Result>(
  { env, log }: Context,
  session_id: string,
  repeatable: boolean,
  call: (actor: DurableObjectStub<SessionRpc>) => Promise<unknown>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Typed RPC widens tuples to arrays; what travels is the result as it is.
      return (await call(env.SESSION.getByName(session_id))) as Result;
    } catch (error) {
      log.warn("actor_failed", { session_id, attempt, error: errorField(error) });
      if (attempt > 1 || !repeatable || !isRetryable(error)) {
        throw unavailable("The session could not be reached.");
      }
    }
  }
}

const isRetryable = (error: unknown): boolean =>
  error instanceof Error &&
  "retryable" in error &&
  error.retryable === true &&
  !("overloaded" in error && error.overloaded);
