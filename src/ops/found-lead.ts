import type { Env } from "../bindings";
import { readEmail } from "../core/leads/email";
import { claimsOf } from "../core/leads/identity";
import { phoneDigits, readPhone } from "../core/leads/phone";
import { firstGuest, foundLead, type Guest } from "../data/store/guests";

const NOWHERE = { hint: null, locale: null, edge: null };

/** What a guest's own words say of who it is, now that they are a lead's. */
function claimsOfGuest({ contact, visitor_id, is_claim }: Guest) {
  const { email, phone, name } = contact;
  const number = phone === null ? null : (readPhone(phone, NOWHERE)?.number ?? null);
  const typed = phone !== null && number === null ? phoneDigits(phone) : null;
  const who = is_claim ? { visitor_id: null, claimed_id: visitor_id } : { visitor_id };
  return claimsOf({ ...who, email: email && (readEmail(email)?.key ?? null), phone: number, typed, name });
}

/**
 * The visitor of a lead is erased, and the lead with them. What others have sent under its email or phone is not theirs: the
 * oldest of these guests becomes a lead, and the rest its guests. May be repeated.
 */
export async function foundFromGuests(env: Pick<Env, "DB" | "LEAD">, lead_id: string): Promise<void> {
  const guest = await firstGuest(env.DB, lead_id);
  if (!guest) return;
  // First its actor, which the CRM's words come to: one that has nothing to say yet harms nobody.
  await env.LEAD.getByName(guest.submission_id).found(guest.submission_id, guest.site);
  await foundLead(env.DB, lead_id, guest, await claimsOfGuest(guest));
}
