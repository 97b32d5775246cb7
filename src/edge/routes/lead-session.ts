import { claimedKey } from "../../core/leads/identity";
import type { Evidence, Unheard } from "../../core/leads/lead";
import { clientNetwork } from "../../core/network/client";
import { noEvidence } from "../../core/session/evidence";
import type { LeadAnswer } from "../../core/session/lead";
import type { LeadSubmit } from "../../core/session/track-call";
import { isProvable } from "../../core/session/visitor-id";
import { sha256 } from "../../core/sha256";
import { newestSession } from "../../data/store/leads";
import { LINGER_MS } from "../../limits";
import { errorField } from "../../ops/logger";
import { headerOf } from "../../protocol/header";
import type { LeadInput } from "../../protocol/lead";
import type { SiteSettings } from "../../protocol/site";
import type { Context } from "../http/context";

/** A lead overtakes the start of its session by a round trip at most; then its session is asked for once more. */
const LEAD_SESSION_WAIT_MS = 400;

export interface Witness {
  evidence: Evidence;
  /** Who the visitor is, as far as they allow it to be known. */
  visitor_id: string | null;
  /** The session names the visitor: the lead need not. */
  is_named: boolean;
  /** Nothing shows that it is this visitor, and another may prove to be. */
  is_claim: boolean;
  /** Of a claim: the session that may show it later; null for none. */
  unheard: Unheard | null;
}

/** Asks the session's actor what it knows. Whatever is wrong with a session, its lead is taken, and says so. */
export async function askSession(
  context: Context,
  site: string,
  settings: SiteSettings,
  input: LeadInput,
  submit: LeadSubmit,
  trusted: boolean,
): Promise<Witness> {
  const { request, env, log } = context;
  const gpc = headerOf(request.headers, "Sec-GPC") === "1";
  const { country } = clientNetwork(request, null);
  const visitor_id = gpc ? null : (input.visitor_id ?? null);
  // A server of ours vouches for what it sends.
  const is_claim = visitor_id !== null && isProvable(visitor_id) && !trusted;
  // Whose id is only claimed is not led to the session of whom it is.
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
  const ask = async () => (await env.SESSION.getByName(session_id).lead(call)) as LeadAnswer | null;
  try {
    let answer = await ask();
    if (!answer && key_hash) {
      // The page began this session with the submit itself, and its start is on the way.
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

/** The visitor's session that may still be speaking; null where D1 does not know or does not answer. */
async function sessionOf({ env, log }: Context, site: string, visitor_id: string): Promise<string | null> {
  try {
    return await newestSession(env.DB, site, visitor_id, Date.now() - 2 * LINGER_MS);
  } catch (error) {
    log.warn("session_unfound", { error: errorField(error) });
    return null;
  }
}
