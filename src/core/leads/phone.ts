import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import { countryOf, regionOf } from "./country";

export interface Phone {
  /** E.164. */
  number: string;
  /** ISO 3166-1 alpha-2; null if the number does not tell it. */
  country: string | null;
  /** Whether the number is all that was typed: no extension, and no second number. */
  isWhole: boolean;
}

/** What tells the country of a number that does not tell it itself, the strongest first. */
export interface Origins {
  /** What the form says of the country: its code or name, a locale, or a calling code (`DE`, `France`, `+49`, `0049`, `49`). */
  hint: string | null;
  /** The page's locale: `fr-FR`. */
  locale: string | null;
  /** Where the caller is, ISO 3166-1 alpha-2. */
  edge: string | null;
}

/**
 * Reads a number as people type it. A number with `+` or `00` tells its country itself. Otherwise the country that the form names
 * comes first, then the page's locale and then where the caller is, and the digits of a country at the beginning of a long number.
 * Null if no such number can exist.
 */
export function readPhone(text: string, origins: Origins): Phone | null {
  const typed = plainNumber(text);
  const plans: Plans = {
    stated: planOf(origins.hint),
    near: [regionOf(origins.locale ?? ""), origins.edge].map(planOf),
  };
  const whole = place(typed, plans);
  if (whole) return phoneOf(whole, !whole.ext);
  for (const part of numbersIn(text)) {
    const found = place(plainNumber(part), plans);
    if (found) return phoneOf(found, false);
  }
  const keyed = VANITY.test(typed) ? place(typed.replace(/[A-Z]/gi, keyOf), plans) : null;
  return keyed && phoneOf(keyed, false);
}

/** The parts of a text that may each be a number, those of a fax last. */
function numbersIn(text: string): string[] {
  const parts = text
    .normalize("NFKC")
    .split(BETWEEN)
    .filter((part) => /\p{Nd}/u.test(part));
  const isFax = (part: string): boolean => /^(?:tele)?fax/i.test(part);
  return [...parts.filter((part) => !isFax(part)), ...parts.filter(isFax)].slice(0, MOST_NUMBERS);
}

/** Whether a text that could not be placed may still be a number to call. */
export const looksLikePhone = (text: string): boolean => phoneDigits(text).length >= LOCAL_DIGITS;

/** The digits of a number, of whatever script, as 0 to 9. */
export const phoneDigits = (text: string): string => digitsOf(plainNumber(text));

/** The shortest local numbers that people have at home (villages, islands); fewer digits are a service's, or a joke. */
const LOCAL_DIGITS = 5;

/** How many numbers in one field are looked at. */
const MOST_NUMBERS = 4;
/**
 * What stands between two numbers: a sign or a word, the number of a list (`2)`), or the place before a plus or a word that begins
 * another number.
 */
const BETWEEN = new RegExp(
  [
    String.raw`[,;/|&\n\r]`,
    String.raw`\s(?:or|oder|ou|o|and|und|et|y|e)\s`,
    String.raw`(?<!\S)\d\)\s`,
    String.raw`(?<=\d)\s(?=\+)`,
    String.raw`(?<!\p{L})(?=(?:(?:tele)?fax|mob(?:il\p{L}*)?|tel|t[eé]l|cell|handy|office|home|work)(?!\p{L}))`,
  ].join("|"),
  "iu",
);

/** Words before an extension that the parser does not know, in German, French, Italian, Spanish and Portuguese. */
const EXTENSION =
  /(?<=\d[ .,)-]{0,3})\(?(?:durchwahl|dw|nebenstelle|klappe|kl|poste|interno|int|anexo|ramal)[.:]{0,2} ?(?=\d)/gi;

/** A number whose end is written in the letters of a telephone's keys: `1-800-FLOWERS`. */
const VANITY = /^\+?\d[\d ().-]{1,11}[A-Z][A-Z\d -]{2,11}$/i;
const KEYS = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];
const keyOf = (letter: string): string => String(2 + KEYS.findIndex((key) => key.includes(letter.toLowerCase())));

/**
 * A number with its digits as 0 to 9 and its blanks and dashes in ASCII, without invisible characters and without words before it
 * (`tel:`).
 */
function plainNumber(text: string): string {
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Nd}/gu, digitOf)
    .replace(/\p{Pd}|[\u2212\u30fc]/gu, "-")
    .replace(/\s+/g, " ");
  const start = plain.search(/[+\d]/);
  return start < 0 ? "" : plain.slice(start).replace(EXTENSION, " ext. ").trim();
}

/** A digit of any script as 0 to 9: in each script the digits follow each other, from its zero on. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let nought = code;
  while (code - nought < 9 && /\p{Nd}/u.test(String.fromCodePoint(nought - 1))) nought -= 1;
  return String(code - nought);
}

type Plan = { defaultCountry: CountryCode } | { defaultCallingCode: string };
interface Plans {
  stated: Plan | null;
  near: (Plan | null)[];
}

/**
 * A number of so many digits that begins with a country's code is taken for a number of that country, unless a plan is sure of it.
 */
const WITH_COUNTRY_DIGITS = 11;

function place(number: string, { stated, near }: Plans): PhoneNumber | null {
  if (number.startsWith("+")) return valid(number, null);
  const dialled = /^00[1-9]/.test(number) ? valid(`+${number.slice(2)}`, null) : null;
  if (dialled) return dialled;
  const own = /^[1-9]/.test(number) ? valid(`+${number}`, null) : null;
  if (stated && own && callingCode(stated) === own.countryCallingCode) return own;
  const national = [stated, ...near].map((plan) => plan && valid(number, plan));
  const [byStated, ...byNear] = national;
  const sure = byStated ?? byNear.find((found) => found && isSure(found, number));
  if (sure) return sure;
  return (digitsOf(number).length >= WITH_COUNTRY_DIGITS ? own : null) ?? byNear.find((found) => found) ?? own;
}

function valid(number: string, plan: Plan | null): PhoneNumber | null {
  const found = parsePhoneNumberFromString(number, plan ?? {});
  return found?.isValid() ? found : null;
}

const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** Whether a national number is written as people of the country write it: a landline's begins with a 0, if the country has one. */
function isSure(found: PhoneNumber, typed: string): boolean {
  return found.getType() !== "FIXED_LINE" || digitsOf(found.formatNational()) === digitsOf(typed);
}

const phoneOf = ({ number, country = null }: { number: string; country?: string | null }, isWhole: boolean): Phone => ({
  number,
  country,
  isWhole,
});

/** The parser throws for a default calling code that is not one of these. */
const CALLING_CODES: ReadonlySet<string> = new Set(getCountries().map((code) => getCountryCallingCode(code)));
const COUNTRIES: ReadonlySet<string> = new Set(getCountries());
const isCountry = (code: string): code is CountryCode => COUNTRIES.has(code);

const callingCode = (plan: Plan): string =>
  "defaultCountry" in plan ? getCountryCallingCode(plan.defaultCountry) : plan.defaultCallingCode;

/** The numbering plan that a country or a calling code names. */
function planOf(hint: string | null): Plan | null {
  const text = (hint ?? "").trim();
  if (text === "") return null;
  const whole = /^(?:\+|00)?([1-9]\d{0,3})$/.exec(text)?.[1];
  if (whole !== undefined) return CALLING_CODES.has(whole) ? { defaultCallingCode: whole } : null;
  const country = countryOf(text);
  if (country !== null && isCountry(country)) return { defaultCountry: country };
  const inside = /\+\s?([1-9]\d{0,3})(?!\d)/.exec(text)?.[1] ?? "";
  return CALLING_CODES.has(inside) ? { defaultCallingCode: inside } : null;
}
