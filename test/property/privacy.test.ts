import fc from "fast-check";
import { expect, it } from "vitest";
import { cleanAddress, cleanText } from "../../src/core/privacy/address";
import { cleanMessage } from "../../src/core/privacy/message";
import { cases } from "../support/scale";

/** Whatever is around it, and however it is written: a secret does not get through, and what is clean stays. */

const RULES = { allow: [] };
const message = (text: string): string => cleanMessage(text, (url) => cleanAddress(url, RULES));

/** Of the same length as the number, and right by Luhn's sum. */
function withCheck(digits: string): string {
  for (let check = 0; check < 10; check++) {
    const sum = [...`${digits}${check}`].reverse().reduce((all, digit, i) => {
      const value = Number(digit) * (1 + (i % 2));
      return all + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return `${digits}${check}`;
  }
  throw new Error("one of ten is right");
}
/** As issuers number their cards, without the last digit. */
const ISSUED = [
  /^4\d{11}$/,
  /^4\d{14}$/,
  /^4\d{17}$/,
  /^30[0-5]\d{10}$/,
  /^3[689]\d{11}$/,
  /^3[47]\d{12}$/,
  /^5[1-5]\d{13}$/,
  /^2[2-7]\d{13}$/,
  /^35\d{13}$/,
  /^(?:2131|1800)\d{10}$/,
  /^(?:50|5[6-9]|6\d)\d{10,16}$/,
];
const card = fc.oneof(...ISSUED.map((issued) => fc.stringMatching(issued))).map(withCheck);
const grouped = fc
  .tuple(card, fc.constantFrom("", " ", "-"))
  .map(([number, by]) => number.replace(/\d{4}(?=\d)/g, `$&${by}`));
const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
const part = fc.uint8Array({ minLength: 16, maxLength: 48 }).map(base64url);
const jwt = fc.tuple(fc.jsonValue(), part).map(([value, signature]) => {
  const claims = base64url(new TextEncoder().encode(JSON.stringify({ sub: "1", value })));
  return `eyJhbGciOiJIUzI1NiJ9.${claims}.${signature}`;
});
const email = fc.emailAddress().filter((address) => /^[\w.+-]+@/.test(address));
const secret = fc.oneof(email, grouped, jwt);

const encoded = (text: string, times: number): string =>
  times > 0 ? encoded(encodeURIComponent(text), times - 1) : text;
const word = fc.stringMatching(/^[a-z]{1,8}$/);
/** Around a secret: nothing that would be part of it. */
const between = fc.constantFrom("", "/", "x/", "?u=", "/?u=", "/?a=1&u=", "#", "#/", "#u=", "?r=%2F%3Fu%3D", ";v=");
const anAddress = fc
  .tuple(between, secret, fc.integer({ min: 0, max: 3 }), fc.constantFrom("", "/", "&b=2", "/x?y=1", "#end"))
  .map(
    ([before, text, times, after]) => [`https://shop.example/${before}${encoded(text, times)}${after}`, text] as const,
  );

const without = (text: string, said: string): void => {
  for (let times = 0, shown = said; times < 4; times++, shown = unescape(shown)) expect(shown).not.toContain(text);
};

it("no email, card or JWT gets through an address, encoded up to three times", () => {
  fc.assert(
    fc.property(anAddress, ([address, text]) => {
      const said = cleanAddress(address, RULES);
      without(text, said);
      expect(cleanAddress(said, RULES)).toBe(said);
      expect(said).toMatch(/^https:\/\/shop\.example\//);
    }),
    { numRuns: cases(2_000) },
  );
});

it("nor through a text, or what an error says", () => {
  fc.assert(
    fc.property(word, secret, word, fc.constantFrom(" ", ", ", ": ", " '", "(", "\n"), (before, text, after, gap) => {
      for (const clean of [message, (all: string) => cleanText(all, RULES)]) {
        const said = clean(`${before}${gap}${text}${gap}${after}`);
        without(text, said);
        expect(clean(said)).toBe(said);
      }
    }),
    { numRuns: cases(2_000) },
  );
});

it("what is clean stays the same, whatever it was", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.string({ unit: "grapheme" }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  );
  const marks = fc.array(
    fc.oneof(fc.constantFrom(..."/?&=#;%@: '\"+-_.".split(""), "%2F", "%3F", "%40", ":secret"), word, anything),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(marks, (parts) => {
      const text = parts.join("");
      for (const clean of [
        message,
        (all: string) => cleanText(all, RULES),
        (all: string) => cleanAddress(all, RULES),
      ]) {
        const said = clean(text);
        expect(clean(said), text).toBe(said);
      }
    }),
    { numRuns: cases(3_000) },
  );
});

it("an address of words and numbers stays the same text", () => {
  const segment = fc.oneof(
    word,
    fc.integer({ min: 0, max: 9_999_999 }).map(String),
    fc.array(word, { minLength: 2, maxLength: 6 }).map((all) => all.join("-")),
  );
  const pair = fc
    .tuple(fc.constantFrom("page", "q", "sort", "ref", "author", "keyword", "utm_source"), segment)
    .map((both) => both.join("="));
  const address = fc
    .tuple(fc.array(segment, { maxLength: 5 }), fc.array(pair, { maxLength: 4 }), fc.option(segment))
    .map(
      ([path, query, hash]) =>
        `https://shop.example/${path.join("/")}${query.length > 0 ? "?" : ""}${query.join("&")}${hash ? `#${hash}` : ""}`,
    );
  fc.assert(
    fc.property(address, (text) => {
      expect(cleanAddress(text, RULES)).toBe(text);
    }),
    { numRuns: cases(2_000) },
  );
});
