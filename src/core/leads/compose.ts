import type { Forms } from "../../protocol/form";
import type { LeadInput } from "../../protocol/lead";
import { type Email, readEmail } from "./email";
import type { Contact } from "./lead";
import { plainName } from "./names";
import { looksLikePhone, type Phone, readPhone } from "./phone";

/** Pure. Makes a contact of what a form said. */

export interface Composed {
  contact: Contact;
  email: Email | null;
  /** Null for a number that cannot be placed. The contact keeps it as it was typed, but it does not say who the person is. */
  phone: Phone | null;
}

export type Fault = { path: string; message: string };

/** The contact, or the faults for which it is no lead. `country` is where the caller is, for a phone without a country code. */
export function compose(input: LeadInput, { required }: Forms, country: string | null): Composed | Fault[] {
  const email = input.email === undefined ? null : readEmail(input.email);
  const typed = input.phone?.trim() ?? "";
  const origins = { hint: input.country_code ?? null, locale: localeOf(input.fields), edge: country };
  const phone = typed === "" ? null : readPhone(typed, origins);
  const isUnplaced = !phone && looksLikePhone(typed);
  const contact: Contact = {
    name: nameOf(input),
    email: email?.address ?? null,
    email_class: email?.class ?? null,
    phone: phone?.number ?? (isUnplaced ? typed : null),
    message: input.message ?? null,
    project: input.project ?? null,
    location: input.location ?? null,
    team: input.team ?? null,
    source: input.source ?? null,
    keyword: input.keyword ?? null,
    country_code: input.country_code ?? phone?.country ?? null,
    // If the number does not hold all that was typed, keep the typed text, too: it may still tell a person something.
    fields: !input.phone || phone?.isWhole || isUnplaced ? input.fields : { ...input.fields, phone: input.phone },
  };
  const faults = faultsOf(input, contact, required);
  return faults.length > 0 ? faults : { contact, email, phone };
}

/** Names of fields in which forms send their page's locale. */
const LOCALE_FIELDS = new Set(["locale", "lang", "language", "pagelocale", "pagelanguage", "wpcf7locale"]);

function localeOf(fields: LeadInput["fields"]): string | null {
  const found = Object.entries(fields).find(([name]) => LOCALE_FIELDS.has(plainName(name)))?.[1];
  return typeof found === "string" ? found : null;
}

function nameOf({ name, first_name, last_name }: LeadInput): string | null {
  if (name) return name;
  const parts = [first_name, last_name].filter((part) => part);
  return parts.length > 0 ? parts.join(" ") : (name ?? null);
}

function faultsOf(input: LeadInput, contact: Contact, required: Forms["required"]): Fault[] {
  const faults: Fault[] = [];
  if (input.email !== undefined && !contact.email) faults.push({ path: "email", message: "is no email address" });
  if (!contact.email && !contact.phone) {
    if (input.phone !== undefined) faults.push({ path: "phone", message: "is no phone number" });
    else if (faults.length === 0)
      faults.push({ path: "email", message: "an email address or a phone number is needed" });
  }
  for (const field of required) {
    const isMissing = !contact[field] || String(contact[field]).trim() === "";
    if (isMissing && !faults.some(({ path }) => path === field)) faults.push({ path: field, message: "is needed" });
  }
  return faults;
}
