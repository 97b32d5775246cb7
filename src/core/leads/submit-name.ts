import type { LeadInput } from "../../protocol/lead";
import { sha256 } from "../sha256";
import type { Composed } from "./compose";
import { readPhone } from "./phone";

/** Pure. Tells whether two tries are one submit. */

/** What a submit said of the person, in the form in which tries are compared. */
export interface SaidContact {
  name: string;
  email: string;
  phone: string;
  message: string;
}

/** Evens out blanks, because a browser's own form writes other line ends than a script, and people leave blanks behind. */
const plain = (text: string | null): string => (text ?? "").normalize("NFC").trim().replace(/\s+/g, " ");

/** The digits of a phone that is no full number by itself, because it names no country. */
const digits = (text: string): string => text.normalize("NFKC").replace(/[^\p{Nd}+]/gu, "") || plain(text);

/** Reads the form's own words alone. Where a try comes from may change, and with it the country of a number that names none. */
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
 * The name of a submit that came with an id (`Idempotency-Key`, `submission_id`), equal for two tries of one submit. The id alone
 * is not enough, because pages reuse theirs. What may differ between tries (the session, the address, the button that was pressed)
 * is left out. A hash: 256 bits, hex.
 */
export const submitName = (site: string, id: string, { name, email, phone, message }: SaidContact): Promise<string> =>
  sha256(JSON.stringify(["submit", site, id.trim(), email, phone, name, message]));
