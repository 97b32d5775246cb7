import { limitsLifted } from "../../bindings";
import { accepted, plainPage, redirectTo, wantsPage } from "../../core/leads/answer";
import { compose } from "../../core/leads/compose";
import { claimsOf } from "../../core/leads/identity";
import type { Submission, Taken, Unheard } from "../../core/leads/lead";
import { looksLikeLead, sortFields } from "../../core/leads/names";
import { phoneDigits } from "../../core/leads/phone";
import { type SaidContact, saidOf, submitName } from "../../core/leads/submit-name";
import { clientNetwork } from "../../core/network/client";
import { MAX_ID_UNITS } from "../../limits";
import { errorField } from "../../ops/logger";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { LeadInput } from "../../protocol/lead";
import { Problem, unavailable, unwrap } from "../../protocol/problem";
import type { SiteSettings } from "../../protocol/site";
import { parseWith } from "../../protocol/track";
import { budgetOf, checkOrigin, siteOf } from "../http/admit";
import { isKeyShown, requireIngest } from "../http/auth";
import type { Context, Handler } from "../http/context";
import { withCors } from "../http/cors";
import { type FormBody, isForm, readForm } from "../http/form";
import { limitLeads, limitLeadTries, limitTrack } from "../http/rate";
import { limitLeadSpending } from "../http/spending";
import { askSession } from "./lead-session";

const nothing = (): Problem => new Problem("not_found", "There is nothing at this path.");

/** `POST /lead` */
export const postLead: Handler = (context) => capture(context, () => {});

/**
 * Any other POST with an email or phone field: old forms still post to whatever path their action once had. 404 for what does not
 * look like a lead.
 */
export const catchLead: Handler = (context) => {
  if (!isForm(context.request)) throw nothing();
  return capture(context, ({ values }) => {
    if (!looksLikeLead(values)) throw nothing();
  });
};

/**
 * Checks the limits, reads the body, then takes the lead. A plain form from a browser is answered with a page, and every page may
 * read its answer.
 */
async function capture(context: Context, check: (form: FormBody) => void): Promise<Response> {
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

async function takeForm(context: Context, { values, isPlain }: FormBody, isPage: boolean): Promise<Response> {
  const input = unwrap(parseWith(LeadInput, sortFields(values)));
  const site = siteOf(context, input.site);
  const settings = await siteSettings(context.env, site);
  const page = pageOf(context.request);
  // A server with a key needs no origin, whatever it sends as one.
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
 * A page with the policy `no-referrer` sends a plain form without origin and referrer. Such a form counts as the site's own if
 * its action names the site, and its redirect goes to a host in the site's settings.
 */
function isVouchedFor({ request, url }: Context, isPlain: boolean, { redirect }: LeadInput, { forms }: SiteSettings) {
  const { headers } = request;
  const isHidden = headerOf(headers, "Origin") === "null" && !headers.has("Referer");
  return isHidden && isPlain && url.searchParams.has("site") && redirectTo(redirect, null, forms) !== null;
}

/** The form's page: by `Origin`, or by `Referer` if the browser sends no origin or hides it. */
function pageOf({ headers }: Request): { origin: string | null; url: string | null } {
  const origin = headerOf(headers, "Origin");
  const referrer = headerOf(headers, "Referer");
  const from = referrer && URL.canParse(referrer) ? new URL(referrer) : null;
  const named = origin === null || origin === "null" ? (from?.origin ?? origin) : origin;
  return { origin: named, url: from && from.origin === named ? from.href : named };
}

/** Takes one submit: the session freezes its evidence, the lead's actor stores the submit, and only then is it answered. */
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
  // Counted only now, so that what is no lead uses up none of the site's limit.
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
  const witness = await askSession(context, { site, settings, input, submit, trusted });
  const { evidence, visitor_id, is_named, is_claim, unheard } = witness;
  const known = {
    visitor_id: is_claim ? null : visitor_id,
    claimed_id: is_claim ? visitor_id : null,
    email: email?.key ?? null,
    phone: phone?.number ?? null,
    typed: phone === null && contact.phone !== null ? phoneDigits(contact.phone) : null,
    name: contact.name,
  };
  const submission: Submission = {
    v: 1,
    submission_id,
    site,
    received_at: Date.now(),
    contact: { ...contact, source: contact.source ?? evidence.campaign["utm_source"] ?? null, fields },
    visitor_id: is_named || is_claim ? null : visitor_id,
    honeypot,
    claims: await claimsOf(known, honeypot),
    evidence,
    trusted,
  };
  const taken = await deliver(context, submission, unheard);
  // The id of the lead that it merged into would tell anyone whether an email or a phone is known here.
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

/** The id of the submit that this is a try of. Nothing has been taken yet. */
async function namedSubmit({ env, log }: Context, site: string, id: string, said: SaidContact): Promise<string> {
  const name = await submitName(site, id, said);
  try {
    return await env.SUBMIT.getByName(name).named();
  } catch (error) {
    log.warn("submit_failed", { name, error: errorField(error) });
    throw unavailable("The lead could not be stored; send it again.");
  }
}

/** Nothing is promised until the lead's actor has it: a sender that is refused here sends again. */
async function deliver({ env, log }: Context, submission: Submission, unheard: Unheard | null): Promise<Taken> {
  try {
    return await env.LEAD.getByName(submission.submission_id).take(submission, unheard);
  } catch (error) {
    log.warn("lead_failed", { submission_id: submission.submission_id, error: errorField(error) });
    throw unavailable("The lead could not be stored; send it again.");
  }
}
