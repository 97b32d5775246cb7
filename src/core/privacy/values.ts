import { HIDDEN, isAllowed, type Rules } from "./rules";

/**
 * Values that are secret by themselves, wherever they stand. Each expression stays linear: it reads a letter a bounded number of
 * times.
 */

/** Emails, and whole words, so that a long word is read once. */
const EMAILS = /[^\s!-$&(),/:-@[-^`{-~]+(?:@[^\s!-,/:-@[-^`{-~]+\.[^\s!-@[-`{-~]{2,})?/g;

/** JWTs, and words long enough to be a token. */
const LONG = /eyJ[\w-]+\.[\w-]+[\w.-]*|[\w-]{20,}/g;

/** Digits with little between them. A `+` after a letter is an encoded blank. */
const DIGITS = /(?:[a-z](?=\+))?\+?\(?\d(?:[\s()./+\u2010-\u2013-]{0,3}\d){7,}/gi;

/**
 * Phone numbers among those digits: after `+`, after a 0 or 00 that begins no date (`01.12.2024 10`), or in North America's form.
 * Ten digits without any of this may be anything.
 */
const PHONE =
  /(?:^|[\s(])\+\(?[1-9](?:\D*\d){7}|(?:^|[\s(])(?!\d\d([./-])\d\d\1\d{4})00?[1-9](?:\D*\d){7}|(?:^|\D)\d{3}\)?[-. +]+\d{3}[-. +]+\d{4}(?!\d)/;

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i;

/** Where letters and digits, or small and capital letters, meet within a word. */
const TURN = /[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])|[A-Z][A-Z](?=[a-z])/;
/** Whether there is a turn for every so many letters. */
const turnsEvery = (letters: number, text: string): boolean => (text.split(TURN).length - 1) * letters >= text.length;

/**
 * Whether letters and digits are mixed as chance mixes them: a UUID; 20 or more in a row, with digits in two places, or only
 * digits, or many turns; or 12 or more in words that mix them, with more turns where they are all small or all capital letters.
 * Slugs and names in code consist of words and numbers, however long they are.
 */
export function isToken(run: string): boolean {
  const words = run.split(/[-_+/]/);
  // Up to three characters are a code among words: `a1`, `b2b`, `m10`.
  const mixed = words.filter((word) => word[3] && turnsEvery(/\d/.test(word) ? 9 : 4, word)).join("-");
  return (
    UUID.test(run) ||
    (mixed.length > 11 && turnsEvery(/[a-z]/.test(mixed) && /[A-Z]/.test(mixed) ? 4 : 3, mixed)) ||
    words.some(
      (word) => word.length > 19 && (/\d([a-z]+|\d{18,})\d/i.test(word) || turnsEvery(/\d/.test(word) ? 5 : 4, word)),
    )
  );
}

/** Numbers as issuers give them to cards. Luhn's sum alone would let a tenth of all other numbers of this length pass. */
const ISSUED =
  /^(?:4(?:\d{3}){4,6}|3(?:0[0-5]|[689]\d)\d{11}|3[47]\d{13}|(?:2131|1800)\d{11}|(?:5[1-5]|2[2-7]|35)\d{14}|(?:50|5[6-9]|6\d)\d{10,17})$/;

/**
 * Whether a number as long as a card's has the right Luhn sum: https://www.iso.org/standard/70484.html (ISO/IEC 7812-1, annex B).
 */
function isCard(digits: string): boolean {
  if (!ISSUED.test(digits)) return false;
  let sum = 0;
  for (let i = 1; i <= digits.length; i++) {
    const digit = Number(digits[digits.length - i]);
    sum += i % 2 ? digit : (digit * 2) % 9 || digit;
  }
  return sum % 10 === 0;
}

/** Whether whole groups of digits, with blanks or dashes between, make a card's number: there may be others before and after. */
const hasCard = (run: string): boolean =>
  run.split(/[()./]+/).some((part) =>
    part.split(/\D+/).some((_, first, groups) => {
      let digits = "";
      for (let i = first; i < groups.length && digits.length < 20; i++) {
        digits += groups[i];
        if (isCard(digits)) return true;
        // Sizes and dates in a row are no card: each group of a card's number has three digits or more, except the last.
        if (!groups[i]?.[2]) break;
      }
      return false;
    }),
  );

/** `isKept`: a campaign's value, from which only emails, cards and JWTs are removed. */
type Hide = (text: string, rules: Rules, isKept?: boolean) => string;

const unlessAllowed = (found: string, rules: Rules): string => (isAllowed(found, rules) ? found : HIDDEN);

/** A text without cards and phone numbers, which may have blanks in them. */
export const hideNumbers: Hide = (text, rules, isKept) =>
  text.replace(DIGITS, (found) =>
    hasCard(found) || (!isKept && PHONE.test(found)) ? unlessAllowed(found, rules) : found,
  );

/** A word without emails and tokens. */
export const hideNames: Hide = (word, rules, isKept) =>
  word
    .replace(EMAILS, (found) => (found.includes("@") ? unlessAllowed(found, rules) : found))
    .replace(LONG, (found) =>
      found.includes(".") || (!isKept && isToken(found)) ? unlessAllowed(found, rules) : found,
    );
