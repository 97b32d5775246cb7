import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from "libphonenumber-js/min";

export interface Phone {
  /** E.164. */
  number: string;
  /** ISO 3166-1 alpha-2 where the number tells it. */
  country: string | null;
}

/**
 * Reads a number as people type it. `hint` is what the form says of its country (`DE`, `+49`, `0049`, `49`); `edge` is
 * where the caller is, the last resort for a number without a country code. Null when no such number can exist.
 */
export function readPhone(text: string, hint: string | null, edge: string | null): Phone | null {
  const number = text.trim().replace(/^00(?=[1-9])/, "+");
  const found = parsePhoneNumberFromString(number, planOf(hint) ?? planOf(edge) ?? {});
  return found?.isValid() ? { number: found.number, country: found.country ?? null } : null;
}

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());
/** A default of any other makes the parser throw. */
const CALLING_CODES: ReadonlySet<string> = new Set(getCountries().map((code) => getCountryCallingCode(code)));
const isCountry = (code: string): code is CountryCode => COUNTRIES.has(code);

type Plan = { defaultCountry: CountryCode } | { defaultCallingCode: string };

/** The numbering plan a country's code or calling code names. */
function planOf(hint: string | null): Plan | null {
  const code = (hint ?? "").trim().toUpperCase();
  if (isCountry(code)) return { defaultCountry: code };
  const defaultCallingCode = /^(?:\+|00)?([1-9]\d{0,3})$/.exec(code)?.[1] ?? "";
  return CALLING_CODES.has(defaultCallingCode) ? { defaultCallingCode } : null;
}
