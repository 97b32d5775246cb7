import type { TakenCall } from "../../core/session/calls/result";
import type { TrackCall } from "../../core/session/calls/track-call";
import { isProof, proofOf, sharedDomain } from "../../core/session/calls/visitor-proof";
import { headerOf } from "../../protocol/header";
import type { StartInput } from "../../protocol/track";
import type { Context } from "../http/context";

/** A visitor that the hosts of one domain share. */
export interface SharedVisitor {
  visitor_id: string;
  visitor_proof: string;
}

/** The visitor whose proof a start shows, if the proof is valid for this site, this domain and the page's origin. */
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

/** The proof that a page takes along to the other hosts of its domain. Only for a proven visitor, with consent. */
export async function proofFor(
  { request, env }: Context,
  { site, proven_visitor }: TrackCall,
  { consent, visitor_id }: TakenCall,
  start: StartInput | null,
): Promise<SharedVisitor | null> {
  const domain = sharedDomain(start?.domain, headerOf(request.headers, "Origin"));
  const isTheirs = proven_visitor !== undefined && proven_visitor === visitor_id && consent === "granted";
  if (!isTheirs || domain === null || !env.ADDRESS_HASH_SECRET) return null;
  return { visitor_id, visitor_proof: await proofOf(env.ADDRESS_HASH_SECRET, { site, domain, visitor_id }) };
}
