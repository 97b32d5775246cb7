import { describe, expect, it } from "vitest";
import { cleanAddress, cleanText } from "../../src/core/privacy/address";
import { Cleaner } from "../../src/core/privacy/call";

/** What sites' own addresses and texts say: none of it is anybody's secret. */

const RULES = { allow: [] };
const SHOP = "https://shop.example";

describe("an address stays as it is", () => {
  it.each([
    // Numbers that platforms and shops give: a tenth of any would pass for a card by its sum alone.
    ...Array.from({ length: 40 }, (_, i) => `/p?variant=${44_912_345_678_901 + i * 7_919}`),
    ...Array.from(
      { length: 40 },
      (_, i) => `/?utm_source=fb&utm_id=1202${(12_345_678_901_234 + i * 104_729).toString()}`,
    ),
    ...Array.from({ length: 40 }, (_, i) => `/?t=${1_701_234_567_890 + i * 1_009}`),
    "/kurs/deutsch-a1-a2-b1-b2-c1-c2",
    "/produkt/vitamin-b1-b2-b6-b12-komplex",
    "/schrauben/m4-m5-m6-m8-m10-schrauben-set",
    "/a/b2b-b2c-d2c-c2c-p2p-modelle",
    "/isbn/0306406157",
    "/p/0012345678905",
    "/size-36-37-38-39-40-41-42-43-44",
    "/?promo_code=summer&monkey=1&headphone=2",
  ])("%s", (path) => {
    expect(cleanAddress(`${SHOP}${path}`, RULES)).toBe(`${SHOP}${path}`);
  });
});

it.each(["Gr. 36 37 38 39 40 41 42 43", "12 13 14 15 16 17 18 19", "1,202,345,678,901,234"])(
  "a text stays: %s",
  (text) => {
    expect(cleanText(text, RULES)).toBe(text);
  },
);

describe("what is a secret goes", () => {
  it.each([
    "phonenumber",
    "authkey",
    "accesskey",
    "secretkey",
    "sessionkey",
    "licensekey",
    "otpcode",
    "authcode",
    "cardnumber",
    "creditcard",
    "emailaddress",
    "mailaddress",
  ])("by its name, written together: %s", (name) => {
    expect(cleanAddress(`${SHOP}/?${name}=5551234&a=1`, RULES)).toBe(`${SHOP}/?a=1`);
  });

  it.each([
    "4111111111111111",
    "4222222222222",
    "378282246310005",
    "30569309025904",
    "5555555555554444",
    "2223003122003222",
    "6011111111111117",
    "3530111333300000",
    "4111 1111 1111 1111",
    "3782-822463-10005",
  ])("by an issuer's number: %s", (card) => {
    expect(cleanText(`paid by ${card} today`, RULES)).not.toContain(card);
  });

  it("by what it is, with slashes in it, at the Worker too", () => {
    const token = "q83vEjRWeJq83v/EjRW+eJKm3dQ4xZ0b8";
    expect(new Cleaner([]).text(token)).toBe(cleanText(token, RULES));
    expect(cleanText(token, RULES)).not.toContain("q83v");
  });
});
