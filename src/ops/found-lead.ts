import type { Env } from "../bindings";
import { readEmail } from "../core/leads/email";
import { claimsOf } from "../core/leads/identity";
import { phoneDigits, readPhone } from "../core/leads/phone";
import { firstGuest, foundLead, type Guest } from "../data/store/guests";

const NOWHERE = { hint: null, locale: null, edge: null };

/** The claims of a guest, by what it submitted, now that it becomes a lead. */
function claimsOfGuest({ contact, visitor_id, is_claim }: Guest) {
  const { email, phone, name } = contact;
  const number = phone === null ? null : (readPhone(phone, NOWHERE)?.number ?? null);
  return claimsOf({
    visitor_id: is_claim ? null : visitor_id,
    claimed_id: is_claim ? visitor_id : null,
    email: email && (readEmail(email)?.key ?? null),
    phone: number,
    typed: phone !== null && number === null ? phoneDigits(phone) : null,
    name,
  });
}

/**
 * Called when a lead is erased with its visitor. Guests, who sent the same email or phone, are other people: the oldest becomes a
 * lead, and the rest its guests. May be repeated.
 */
export async function foundFromGuests(env: Pick<Env, "DB" | "LEAD">, lead_id: string): Promise<void> {
  const guest = await firstGuest(env.DB, lead_id);
  if (!guest) return;
  // First its actor, which will get the CRM's callbacks. An actor without a lead in D1 does no harm.
  await env.LEAD.getByName(guest.submission_id).found(guest.submission_id, guest.site);
  await foundLead(env.DB, lead_id, guest, await claimsOfGuest(guest));
}
