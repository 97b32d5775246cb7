import { PeopleQuery } from "../../core/api/erasure";
import { readEmail } from "../../core/leads/email";
import { keysOf } from "../../core/leads/identity";
import { looksLikePhone, phoneDigits, readPhone } from "../../core/leads/phone";
import { leadsByKeys } from "../../data/store/erasures";
import { personPieces } from "../../ops/person-export";
import { invalidQuery, Problem } from "../../protocol/problem";
import { keyed } from "../http/keyed";
import { readQuery } from "../http/query";
import { answerPieces, sitesFor } from "./visitors";

/** A person without a visitor id is found by the email or phone that they gave to a form. */

export const nobody = (): Problem => new Problem("not_found", "No lead has this email or phone.");

/** The keys of an email's leads, or of a phone's: by its number, and by its digits for leads whose phone could not be placed. */
export async function personKeys({ email, phone }: PeopleQuery): Promise<string[]> {
  if ((email === undefined) === (phone === undefined)) throw invalidQuery("email", "name an email or a phone");
  if (email !== undefined) {
    // A plus that was not escaped arrives as a blank, and no address has a blank.
    const address = readEmail(email) ?? readEmail(email.trim().replaceAll(" ", "+"));
    if (!address) throw invalidQuery("email", "is no email address");
    return keysOf({ visitor_id: null, email: address.key, phone: null });
  }
  const typed = (phone ?? "").replace(/^ +(?=\d)/, "+");
  const number = readPhone(typed, { hint: null, locale: null, edge: null });
  if (!number && !looksLikePhone(typed)) throw invalidQuery("phone", "is no phone number");
  return keysOf({ visitor_id: null, email: null, phone: number?.number ?? null, typed: phoneDigits(typed) });
}

/** `GET /analytics/people`: every lead of an email or a phone with all its submits, streamed. */
export const exportPerson = keyed(async (context) => {
  const query = readQuery(PeopleQuery, context);
  const keys = await personKeys(query);
  const sites = sitesFor(context.caller, query.site);
  const { DB } = context.env;
  if ((await leadsByKeys(DB, keys, sites, 1)).length === 0) throw nobody();
  return answerPieces(personPieces(DB, keys, sites));
}, "export");
