import { claimedKey } from "../../core/leads/identity";
import type { Evidence, Unheard } from "../../core/leads/lead";
import { clientNetwork } from "../../core/network/client";
import type { SessionLeadAnswer } from "../../core/session/calls/lead";
import type { LeadSubmit } from "../../core/session/calls/track-call";
import { isProvable } from "../../core/session/calls/visitor-id";
import { noEvidence } from "../../core/session/fold/evidence";
import { sha256 } from "../../core/sha256";
import { newestSession } from "../../data/store/leads";
import { LINGER_MS } from "../../limits";
import { errorField } from "../../ops/logger";
import { headerOf } from "../../protocol/header";
import type { LeadInput } from "../../protocol/lead";
import type { SiteSettings } from "../../protocol/site";
import type { Context } from "../http/context";

/** A lead may overtake the start of its session by a round trip. The session is asked once more after this. */
const LEAD_SESSION_WAIT_MS = 400;

export interface Witness {
  evidence: Evidence;
  /** The visitor, as far as their consent allows. */
  visitor_id: string | null;
  /** Whether the session names the visitor, so that the lead need not. */
  is_named: boolean;
  /** `visitor_id` is not proven, and another may prove to be this visitor. */
  is_claim: boolean;
  /** If `visitor_id` is a claim: the session that may prove it later; null for none. */
  unheard: Unheard | null;
}

/** A submit, as its session is asked about it. */
interface AskedSubmit {
  site: string;
  settings: SiteSettings;
  input: LeadInput;
  submit: LeadSubmit;
  /** Sent by a server with a key. */
  trusted: boolean;
}

/** Asks the session's actor what it knows. If the session is unknown or cannot be reached, the lead is taken all the same. */
export async function askSession(
  context: Context,
  { site, settings, input, submit, trusted }: AskedSubmit,
): Promise<Witness> {
  const { request, env, log } = context;
  const gpc = headerOf(request.headers, "Sec-GPC") === "1";
  const { country } = clientNetwork(request, null);
  const visitor_id = gpc ? null : (input.visitor_id ?? null);
  // The site's own server is trusted with the ids that it sends.
  const is_claim = visitor_id !== null && isProvable(visitor_id) && !trusted;
  // A claimed id must not lead to the real visitor's session.
  const asked_id = is_claim ? null : visitor_id;
  const session_id = input.session_id ?? (asked_id && (await sessionOf(context, site, asked_id)));
  const key_hash = input.session_key ? await sha256(input.session_key) : null;
  const unheardOf = async (visitor: string | null): Promise<Unheard | null> =>
    session_id && visitor ? { session_id, key_hash, claimed: await claimedKey(visitor) } : null;
  const without = async (link: Evidence["link"]): Promise<Witness> => ({
    evidence: noEvidence(link, country, submit),
    visitor_id,
    is_named: false,
    is_claim,
    unheard: is_claim ? await unheardOf(visitor_id) : null,
  });
  if (!session_id) return without(visitor_id ? "unknown" : "none");
  const call = {
    v: 1 as const,
    session_id,
    site,
    gpc,
    default_consent: settings.default_consent,
    key_hash,
    lead: submit,
    trusted,
  };
  const ask = async () => (await env.SESSION.getByName(session_id).lead(call)) as SessionLeadAnswer | null;
  try {
    let answer = await ask();
    if (!answer && key_hash) {
      // The page began the session with this submit, and the start is still on its way.
      await scheduler.wait(LEAD_SESSION_WAIT_MS);
      answer = await ask();
    }
    if (!answer) return without("unknown");
    const isVouchedFor = trusted && answer.visitor_id === visitor_id;
    const isClaim = (answer.is_claim ?? false) && !isVouchedFor;
    const unheard = isClaim ? await unheardOf(answer.visitor_id) : null;
    return { ...answer, is_named: true, is_claim: isClaim, unheard };
  } catch (error) {
    log.warn("actor_failed", { session_id, error: errorField(error) });
    return without("unavailable");
  }
}

/** The visitor's session that may still be open; null if D1 does not know one or does not answer. */
async function sessionOf({ env, log }: Context, site: string, visitor_id: string): Promise<string | null> {
  try {
    return await newestSession(env.DB, site, visitor_id, Date.now() - 2 * LINGER_MS);
  } catch (error) {
    log.warn("session_unfound", { error: errorField(error) });
    return null;
  }
}
