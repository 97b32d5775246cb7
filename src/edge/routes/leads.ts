import { limitsLifted } from "../../bindings";
import { accepted, plainPage, redirectTo, wantsPage } from "../../core/leads/answer";
import { compose } from "../../core/leads/compose";
import { claimsOf } from "../../core/leads/identity";
import type { Submission, Taken, Unheard } from "../../core/leads/lead";
import { looksLikeLead, sortFields } from "../../core/leads/names";
import { phoneDigits } from "../../core/leads/phone";
import { type Said, saidOf, submitName } from "../../core/leads/submit-name";
import { clientNetwork } from "../../core/network/client";
import { MAX_ID_UNITS } from "../../limits";
import { errorField } from "../../ops/logger";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { LeadInput } from "../../protocol/lead";
import { fromRefusal, Problem, unavailable } from "../../protocol/problem";
import type { SiteSettings } from "../../protocol/site";
import { parseWith } from "../../protocol/track";
import { isKeyShown, requireIngest } from "../http/auth";
import type { Context, Handler } from "../http/context";
import { withCors } from "../http/cors";
import { type Form, isForm, readForm } from "../http/form";
import { limitLeads, limitLeadTries, limitTrack } from "../http/rate";
import { limitLeadSpending } from "../http/spending";
import { askSession } from "./lead-session";
import { budgetOf, checkOrigin, siteOf } from "./track";

const nothing = (): Problem => new Problem("not_found", "There is nothing at this path.");

/** `POST /lead` */
export const postLead: Handler = (context) => capture(context, () => {});

/**
 * Any other POST with an email or phone key: forms out there post to whatever path their action once had. What does not
 * look like a lead is told that there is nothing here.
 */
export const catchLead: Handler = (context) => {
  if (!isForm(context.request)) throw nothing();
  return capture(context, ({ values }) => {
    if (!looksLikeLead(values)) throw nothing();
  });
};

/** Limit, body, then the lead; whoever sent a plain form from a browser gets a page, and every page may read its answer. */
async function capture(context: Context, check: (form: Form) => void): Promise<Response> {
  const { request, env } = context;
  const origin = headerOf(request.headers, "Origin");
  let isPage = wantsPage(request, (headerOf(request.headers, "Content-Type") ?? "").includes("form"));
  try {
    await limitTrack(env, request);
    await limitLeadTries(context);
    const form = await readForm(request);
    isPage = wantsPage(request, form.isPlain);
    check(form);
    return withCors(await takeForm(context, form, isPage), origin);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.log.info("refused", { code: error.code, status: error.status });
    const response = error.toResponse();
    if (isPage) return plainPage("This could not be sent", error.message, response);
    return withCors(response, error.code === "origin_not_allowed" ? null : origin);
  }
}

async function takeForm(context: Context, { values, isPlain }: Form, isPage: boolean): Promise<Response> {
  const input = readLead(values);
  const site = siteOf(context, input.site);
  const settings = await siteSettings(context.env, site);
  const page = pageOf(context.request);
  // A key stands for its server, wherever that claims to be.
  const isKeyed = isKeyShown(context.request);
  if (isKeyed) await requireIngest(context.request, context.env, site);
  else if (!isVouchedFor(context, isPlain, input, settings)) await checkOrigin(context, settings, site, page.origin);
  const taken = await takeLead(context, site, settings, input, isKeyed);
  const way = isPlain ? redirectTo(input.redirect, page.url, settings.forms) : null;
  if (way) return new Response(null, { status: 303, headers: { Location: way, "Cache-Control": "no-store" } });
  if (isPage) return plainPage("Thank you", "We have your message and will be in touch.", { status: 202 });
  return accepted(taken);
}

/**
 * A browser names no page for a plain form where the page's policy is `no-referrer`. Such a form is taken for one of the
 * site's own if its action names the site, and it is to be sent on to a host that the site's settings name.
 */
function isVouchedFor({ request, url }: Context, isPlain: boolean, { redirect }: LeadInput, { forms }: SiteSettings) {
  const { headers } = request;
  const isHidden = headerOf(headers, "Origin") === "null" && !headers.has("Referer");
  return isHidden && isPlain && url.searchParams.has("site") && redirectTo(redirect, null, forms) !== null;
}

function readLead(values: Record<string, unknown>): LeadInput {
  const parsed = parseWith(LeadInput, sortFields(values));
  if (parsed.ok) return parsed.value;
  throw fromRefusal(parsed.refusal);
}

/** Where the form stood: by `Origin`, or by `Referer` where a browser sends none or hides it. */
function pageOf({ headers }: Request): { origin: string | null; url: string | null } {
  const origin = headerOf(headers, "Origin");
  const referrer = headerOf(headers, "Referer");
  const from = referrer && URL.canParse(referrer) ? new URL(referrer) : null;
  const named = origin === null || origin === "null" ? (from?.origin ?? origin) : origin;
  return { origin: named, url: from && from.origin === named ? from.href : named };
}

/** One submit: what the session knows of it is frozen, then the lead's actor takes it, and only then is it answered. */
async function takeLead(
  context: Context,
  site: string,
  settings: SiteSettings,
  input: LeadInput,
  trusted: boolean,
): Promise<Taken> {
  const { request } = context;
  const { country } = clientNetwork(request, null);
  const composed = compose(input, settings.forms, country);
  if (Array.isArray(composed)) {
    const [first] = composed;
    throw new Problem("invalid_body", `${first?.path}: ${first?.message}`, { errors: composed });
  }
  // Only now: what is no lead takes nothing of what the site's leads may use.
  await limitLeads(context, site, trusted);
  const budget = await budgetOf(context, settings, trusted);
  if (!limitsLifted(context.env)) await limitLeadSpending(context, site, budget);
  const { contact, email, phone } = composed;
  const { honeypot: trap } = settings.forms;
  const { [trap]: bait, ...fields } = contact.fields;
  const honeypot = bait !== undefined && bait !== null && bait !== "";
  const id = idempotencyKey(request) ?? input.submission_id;
  const submission_id =
    id === undefined ? crypto.randomUUID() : await namedSubmit(context, site, id, saidOf(input, composed));
  const submit = { submission: submission_id, honeypot, disposable_email: email?.class === "disposable" };
  const { evidence, visitor_id, is_named, is_claim, unheard } = await askSession(
    context,
    site,
    settings,
    input,
    submit,
    trusted,
  );
  const submission: Submission = {
    v: 1,
    submission_id,
    site,
    received_at: Date.now(),
    contact: { ...contact, source: contact.source ?? evidence.campaign["utm_source"] ?? null, fields },
    visitor_id: is_named || is_claim ? null : visitor_id,
    honeypot,
    claims: await claimsOf(
      {
        ...(is_claim ? { visitor_id: null, claimed_id: visitor_id } : { visitor_id }),
        email: email?.key ?? null,
        phone: phone?.number ?? null,
        typed: phone === null && contact.phone !== null ? phoneDigits(contact.phone) : null,
        name: contact.name,
      },
      honeypot,
    ),
    evidence,
    trusted,
  };
  const taken = await deliver(context, submission, unheard);
  // Whose lead it has become part of would tell anyone whether an email or a phone is known here.
  return trusted ? taken : { lead_id: submission_id, status: "accepted" };
}

function idempotencyKey({ headers }: Request): string | undefined {
  const key = headerOf(headers, "Idempotency-Key");
  if (key === null || key === "") return undefined;
  if (key.length <= MAX_ID_UNITS * 2) return key;
  throw new Problem("invalid_body", "Idempotency-Key: is too long", {
    errors: [{ path: "Idempotency-Key", message: "at most 256 characters" }],
  });
}

/** Which submit this is a try of; nothing has been taken yet. */
async function namedSubmit({ env, log }: Context, site: string, id: string, said: Said): Promise<string> {
  const name = await submitName(site, id, said);
  try {
    return await env.SUBMIT.getByName(name).named();
  } catch (error) {
    log.warn("submit_failed", { name, error: errorField(error) });
    throw unavailable("The lead could not be stored; send it again.");
  }
}

/** Nothing has been promised until the lead's actor has it: a sender that is refused here sends again. */
async function deliver({ env, log }: Context, submission: Submission, unheard: Unheard | null): Promise<Taken> {
  try {
    return await env.LEAD.getByName(submission.submission_id).take(submission, unheard);
  } catch (error) {
    log.warn("lead_failed", { submission_id: submission.submission_id, error: errorField(error) });
    throw unavailable("The lead could not be stored; send it again.");
  }
}
