import { describe, expect, it } from "vitest";
import { looksLikePhone, readPhone as read } from "../../src/core/leads/phone";

const BERLIN = "+4930901820";

const readPhone = (text: string, hint: string | null, edge: string | null, locale: string | null = null) =>
  read(text, { hint, locale, edge });

describe("a phone number", () => {
  it.each([
    ["+4930901820", BERLIN],
    [" 0049 30 901820 ", BERLIN],
    ["00442079460958", "+442079460958"],
  ])("with a country code needs no more: %s", (text, number) => {
    expect(readPhone(text, null, null)?.number).toBe(number);
    expect(readPhone(text, "US", "FR")?.number).toBe(number);
  });

  it.each([
    ["DE", null],
    [" de ", null],
    ["49", null],
    ["+49", null],
    ["0049", null],
    ["DE", "US"],
    [null, "DE"],
    [null, "de"],
    // A hint that names no plan says nothing.
    ["", "DE"],
    ["Germany", "FR"],
    ["DEU", "US"],
    ["de-DE", "US"],
    ["Allemagne (+49)", "FR"],
    ["Atlantis +49", "FR"],
    ["Atlantis", "DE"],
    ["XX", "DE"],
    ["0", "DE"],
    ["000", "DE"],
    ["+", "DE"],
    ["12345", "DE"],
    ["x49", "DE"],
    ["49x", "DE"],
    ["+0049", "DE"],
  ])("without one is read by the form's hint, or else by where the caller is: %j, %j", (hint, edge) => {
    expect(readPhone("030 901820", hint, edge)).toEqual({ number: BERLIN, country: "DE", isWhole: true });
  });

  it.each(["1242", "999", "+999", "00210", "9"])("is read though there is no calling code %s", (hint) => {
    expect(readPhone("030 901820", hint, "DE")?.number).toBe(BERLIN);
    expect(readPhone("030 901820", hint, null)).toBeNull();
    expect(readPhone("030 901820", null, hint)).toBeNull();
  });

  it("by a code of one digit or of three is of the plan that it names", () => {
    expect(readPhone("(202) 555-0143", "1", null)).toMatchObject({ number: "+12025550143" });
    expect(readPhone("21 234 5678", "353", null)).toMatchObject({ number: "+353212345678", country: "IE" });
  });

  it("may be of no country: an international freephone number", () => {
    expect(readPhone("+800 1234 5678", null, null)).toEqual({ number: "+80012345678", country: null, isWhole: true });
  });

  it.each([
    ["nobody says which country's", "030 901820", null, null],
    ["it is too short", "+49 30", null, null],
    ["it is text", "call me", "DE", "DE"],
    ["it is empty", "", "DE", "DE"],
    ["it begins with three noughts", "00049 30 901820", null, null],
  ])("is none where %s", (_, text, hint, edge) => {
    expect(readPhone(text, hint, edge)).toBeNull();
  });

  it.each([
    // The form's word before where the caller is.
    ["06 12 34 56 78", "France", "DE", "+33612345678"],
    ["06 12 34 56 78", "FRA", "DE", "+33612345678"],
    ["06 12 34 56 78", "fr-FR", "DE", "+33612345678"],
    ["020 7946 0958", "UK", "DE", "+442079460958"],
    // The number's own word.
    ["+33 6 12 34 56 78", "DE", "US", "+33612345678"],
    ["0033 6 12 34 56 78", "DE", "US", "+33612345678"],
    ["+49 (0)30 901820", "FR", null, BERLIN],
    ["(+49) 30 901820", "FR", null, BERLIN],
    ["+ 49 30 901820", null, null, BERLIN],
    ["011 49 30 901820", "US", null, BERLIN],
    // A country's digits without a plus.
    ["4915123456789", "DE", null, "+4915123456789"],
    ["4915123456789", null, "DE", "+4915123456789"],
    ["4915123456789", null, "FR", "+4915123456789"],
    ["4915123456789", "France", "US", "+4915123456789"],
    ["4915123456789", null, null, "+4915123456789"],
    ["49 30 901820", "Deutschland", null, BERLIN],
    ["33612345678", null, "DE", "+33612345678"],
    ["447911123456", null, "US", "+447911123456"],
    ["919876543210", "IN", null, "+919876543210"],
    // Where it only looks like that, the number is of where the caller is.
    ["13812345678", null, "CN", "+8613812345678"],
    ["34912345678", null, "BR", "+5534912345678"],
    ["862 555 1234", null, "US", "+18625551234"],
    ["9123456789", "IN", null, "+919123456789"],
    ["3912345678", null, "IT", "+393912345678"],
    ["47123456", "NO", null, "+4747123456"],
    ["8 916 123-45-67", null, "RU", "+79161234567"],
  ])("%s with %j from %j is %s", (text, hint, edge, number) => {
    expect(readPhone(text, hint, edge)?.number).toBe(number);
  });

  it("is read by the page's locale before where the caller is, and after what the form says", () => {
    expect(readPhone("06 12 34 56 78", null, "DE", "fr-FR")?.number).toBe("+33612345678");
    expect(readPhone("030 901820", "DE", null, "fr-FR")?.number).toBe(BERLIN);
    expect(readPhone("030 901820", null, "DE", "fr")?.number).toBe(BERLIN);
  });

  it.each([
    ["narrow blanks that do not break", "06\u202f12\u202f34\u202f56\u202f78"],
    ["blanks that do not break", "06\u00a012\u00a034\u00a056\u00a078"],
    ["dashes that do not break", "06\u201112\u201134\u201156\u201178"],
    ["dashes and minus signs", "06–12—34−56‒78"],
    ["Arabic digits", "٠٦ ١٢ ٣٤ ٥٦ ٧٨"],
    ["Persian digits", "۰۶ ۱۲ ۳۴ ۵۶ ۷۸"],
    ["Devanagari digits", "०६ १२ ३४ ५६ ७८"],
    ["Bengali digits", "০৬ ১২ ৩৪ ৫৬ ৭৮"],
    ["Thai digits", "๐๖ ๑๒ ๓๔ ๕๖ ๗๘"],
    ["wide digits", "０６　１２　３４　５６　７８"],
    ["marks of direction", "\u202a\u200e06 12 34 56 78\u202c"],
    ["blanks of no width", "06\u200b12\ufeff34\u20605678"],
    ["tabs and breaks", "06\t12\n34 56 78"],
    ["dots", "06.12.34.56.78"],
    ["slashes", "06/12/34/56/78"],
    ["a scheme", "tel:0612345678"],
    ["a word", "Tél. : 06 12 34 56 78"],
    ["a wide plus", "＋33 6 12 34 56 78"],
  ])("may be typed with %s", (_, text) => {
    expect(readPhone(text, "FR", "DE")?.number).toBe("+33612345678");
  });

  it("is the first that can be dialled where there are several, and that is not all", () => {
    for (const text of ["030 901820 / 0171 1234567", "030 901820, 0171 1234567", "030 901820 oder 0171 1234567"]) {
      expect(readPhone(text, "DE", null)).toEqual({ number: BERLIN, country: "DE", isWhole: false });
    }
    expect(readPhone("n/a; 030 901820", "DE", null)?.number).toBe(BERLIN);
    expect(readPhone("030/901820", "DE", null)).toMatchObject({ number: BERLIN, isWhole: true });
  });

  it("may have an extension, which E.164 does not say", () => {
    for (const text of ["+1 202 555 0143 ext. 12", "(202) 555-0143 x12", "tel:+1-202-555-0143;ext=12"]) {
      expect(readPhone(text, "US", null)).toEqual({ number: "+12025550143", country: "US", isWhole: false });
    }
  });
});

describe("a phone field with more than a number", () => {
  it.each([
    "030 901820\n0151 23456789",
    "030 901820\r\n0151 23456789",
    "Tel.: +49 30 901820 Fax: +49 30 901821",
    "Fax: +49 30 901821 Tel.: +49 30 901820",
    "Telefax 030 901821, Telefon 030 901820",
    "Tel 030 901820 Mobil 0151 23456789",
    "030 901820 Handy: 0151 23456789",
    "office 030 901820 cell 0151 23456789",
    "+49 30 901820 +49 151 23456789",
    "030 901820 +49 151 23456789",
    "030 901820 & 0151 23456789",
    "030 901820&0151 23456789",
    "1) 030 901820 2) 0151 23456789",
    "030 901820 Durchwahl 12",
    "030 901820 DW 12",
    "030 901820 (DW 12)",
    "030 901820, Durchwahl: 12",
    "+49 30 901820 poste 12",
    "030 901820 int. 12",
  ])("has the first that can be dialled: %j", (text) => {
    expect(readPhone(text, "DE", null)).toEqual({ number: BERLIN, country: "DE", isWhole: false });
  });

  it.each([
    ["1-800-FLOWERS", "US", "+18003569377"],
    ["1 800 flowers", "US", "+18003569377"],
    ["(800) GOFEDEX", "US", "+18004633339"],
    ["+1 800 MY APPLE", null, "+18006927753"],
  ])("may be written in the letters of its keys: %s", (text, hint, number) => {
    expect(readPhone(text, hint, null)).toMatchObject({ number, isWhole: false });
  });

  it("keeps its own brackets, and is read in time that grows with its length alone", () => {
    expect(readPhone("+49 (0) 30 901820", null, null)).toMatchObject({ number: BERLIN, isWhole: true });
    const started = performance.now();
    for (const text of [" ", "1 ", "1) ", "+1", "fax", "dw", "1-", "mobil", "1 dw "])
      readPhone(text.repeat(20_000 / text.length), "DE", null);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("what cannot be placed", () => {
  it.each([
    "030 901820",
    "12345",
    "+49 30 1",
    "(0) 30-90.18/20",
    "٠٣٠٩٠١٨٢٠",
    "mobil: 0171 1234567",
    "0000000",
    "030 901820 / 030 901821",
    "x 5551234",
    "room 12345 in the east wing",
    "call me any time on 030 901820, please",
    "1".repeat(60),
  ])("is plainly a number all the same: %s", (text) => {
    expect(looksLikePhone(text)).toBe(true);
  });

  it.each(["", "12", "112", "call me", "n/a", "-", "+", "🙂"])("is none: %j", (text) => {
    expect(looksLikePhone(text)).toBe(false);
  });
});
