import type { LeadInput } from "../../protocol/lead";
import { sha256 } from "../sha256";
import type { Composed } from "./compose";
import { readPhone } from "./phone";

/** Whether two tries are one submit: pure. */

/** What a submit said of the person, in the form in which tries are compared. */
export interface SaidContact {
  name: string;
  email: string;
  phone: string;
  message: string;
}

/** A browser's own form writes other line ends than a script, and a person leaves blanks behind. */
const plain = (text: string | null): string => (text ?? "").normalize("NFC").trim().replace(/\s+/g, " ");

/** The digits of what is no number by itself: one without a country, for which the caller's is taken. */
const digits = (text: string): string => text.normalize("NFKC").replace(/[^\p{Nd}+]/gu, "") || plain(text);

/** By the form's own words alone: where a try came from, and with it the country of a number without one, may change. */
export function saidOf(
  { phone, country_code }: LeadInput,
  { contact, email }: Pick<Composed, "contact" | "email">,
): SaidContact {
  return {
    name: plain(contact.name),
    email: email?.key ?? "",
    phone:
      phone === undefined
        ? ""
        : (readPhone(phone, { hint: country_code ?? null, locale: null, edge: null })?.number ?? digits(phone)),
    message: plain(contact.message),
  };
}

/**
 * The name of a submit that came with an id (`Idempotency-Key`, `submission_id`): equal for two tries of one submit. An
 * id alone says nothing, because pages reuse theirs. What may differ between tries (the session, the address, the button
 * that was pressed) is no part of it. A hash: 256 bits, hex.
 */
export const submitName = (site: string, id: string, { name, email, phone, message }: SaidContact): Promise<string> =>
  sha256(JSON.stringify(["submit", site, id.trim(), email, phone, name, message]));
