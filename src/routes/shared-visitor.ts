import type { Context } from "../http/context";
import { headerOf } from "../protocol/header";
import type { StartInput } from "../protocol/track";
import type { TrackCall } from "../session/intake";
import { isProof, proofOf, sharedDomain } from "../session/visitor-proof";

/** A visitor as the hosts of one domain share them. */
export interface SharedVisitor {
  visitor_id: string;
  visitor_proof: string;
}

/** The visitor whose proof a start shows, if it holds for this site, this domain and the page's origin. */
export async function shownVisitor(
  { request, env }: Context,
  site: string,
  start: StartInput | null,
): Promise<string | null> {
  const { visitor_id, visitor_proof } = start ?? {};
  const domain = sharedDomain(start?.domain, headerOf(request.headers, "Origin"));
  if (visitor_id == null || visitor_proof == null || domain === null || !env.ADDRESS_HASH_SECRET) return null;
  const isTheirs = await isProof(visitor_proof, env.ADDRESS_HASH_SECRET, { site, domain, visitor_id });
  return isTheirs ? visitor_id : null;
}

/** What a start that has shown who the visitor is takes along to the other hosts of its domain; not without consent. */
export async function proofFor(
  { request, env }: Context,
  { site, gpc, default_consent, proven_visitor }: TrackCall,
  start: StartInput | null,
): Promise<SharedVisitor | null> {
  const domain = sharedDomain(start?.domain, headerOf(request.headers, "Origin"));
  const isAllowed = !gpc && (start?.consent ?? default_consent) === "granted";
  if (!proven_visitor || domain === null || !isAllowed || !env.ADDRESS_HASH_SECRET) return null;
  const visitor_proof = await proofOf(env.ADDRESS_HASH_SECRET, { site, domain, visitor_id: proven_visitor });
  return { visitor_id: proven_visitor, visitor_proof };
}
