import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { filterFields } from "../../src/core/api/filter";
import { nameAmong, pageName, pageUrl } from "../../src/core/sources/page";
import { MAX_URL_UNITS } from "../../src/limits";

const SHOP = "https://shop.example/";
const filter = z.object({ page: filterFields.page });

describe("a page's name", () => {
  it.each([
    ["https://shop.example/a", "https://shop.example/a"],
    ["https://shop.example/a?b=1#c", "https://shop.example/a"],
    ["https://shop.example/app?b=1#/cart?page=2", "https://shop.example/app#/cart"],
    ["https://shop.example/#!/cart/red%20shoes", "https://shop.example/#!/cart/red%20shoes"],
    ["https://shop.example/#/", "https://shop.example/"],
    ["https://shop.example/a#c?d", "https://shop.example/a"],
    ["", ""],
    ["shop", "shop"],
    ["shop?a", "shop"],
  ])("of %j is %j", (url, name) => {
    expect(pageName(url)).toBe(name);
  });

  it.each([
    "https://shop.example",
    "https://shop.example/",
    "HTTPS://SHOP.EXAMPLE/",
    "https://Shop.Example:443/",
    "https://shop.example?a=b",
    "https://shop.example#a",
    "https://user:secret@shop.example/",
    "https://shop.example/x/..",
    "https://shop.example/./",
    "https://shop.example/%2e",
    "https:\\\\shop.example\\",
    " https://shop.example/\n",
    "https://ｓｈｏｐ.example/",
  ])("is one for %j and its other spellings", (url) => {
    expect(pageName(url)).toBe(SHOP);
  });

  it.each([
    [`${SHOP}ü`, `${SHOP}%C3%BC`],
    [`${SHOP}%c3%bc`, `${SHOP}%C3%BC`],
    [`${SHOP}a b`, `${SHOP}a%20b`],
    [`${SHOP}%7Eme/%41`, `${SHOP}~me/A`],
    [`${SHOP}a%2Fb`, `${SHOP}a%2Fb`],
    [`${SHOP}a%2fb`, `${SHOP}a%2Fb`],
    [`${SHOP}100%`, `${SHOP}100%25`],
    [`${SHOP}100%25`, `${SHOP}100%25`],
    [`${SHOP}%%34%31`, `${SHOP}%2541`],
    [`${SHOP}%4%31`, `${SHOP}%2541`],
    [`${SHOP}%%2e/a`, `${SHOP}%25./a`],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["http://shop.example:80/a", "http://shop.example/a"],
  ])("of %j is spelled %j", (url, name) => {
    expect(pageName(url)).toBe(name);
  });

  it.each([
    ["http://shop.example/", SHOP],
    ["https://www.shop.example/", SHOP],
    ["https://shop.example:8443/", SHOP],
    [`${SHOP}A`, `${SHOP}a`],
    [`${SHOP}a/`, `${SHOP}a`],
    [`${SHOP}a//b`, `${SHOP}a/b`],
    [`${SHOP}a%2Fb`, `${SHOP}a/b`],
  ])("tells %j from %j, as the standard does", (one, other) => {
    expect(pageName(one)).not.toBe(pageName(other));
  });

  it.each([
    [`${SHOP}a/`, `${SHOP}a`],
    [`${SHOP}a///?b`, `${SHOP}a`],
    [`${SHOP}a`, `${SHOP}a`],
    [SHOP, SHOP],
    ["https://shop.example", SHOP],
    ["https://shop.example//", SHOP],
    ["https://shop.example///?a", SHOP],
    ["https://shop.example//a//", `${SHOP}/a`],
    ["https://shop.example:8443//#a", "https://shop.example:8443/"],
    [`${SHOP}a/b/`, `${SHOP}a/b`],
    ["", ""],
  ])("of %j is %j where the site drops trailing slashes", (url, name) => {
    expect(pageName(url, "drop")).toBe(name);
  });

  it.each([
    [`${SHOP}${"日".repeat(1_000)}`, `${SHOP}${"%E6%97%A5".repeat(225)}`],
    [`${SHOP}eightlet${"日".repeat(1_000)}?b`, `${SHOP}eightlet${"%E6%97%A5".repeat(224)}%E6`],
    [`${SHOP}${"a".repeat(2_025)}${"ü".repeat(2)}`, `${SHOP}${"a".repeat(2_025)}`],
    [`${SHOP}${"a".repeat(2_023)}/..ü`, `${SHOP}${"a".repeat(2_023)}/`],
  ])("of a page in raw letters is one that can be asked for", (url, name) => {
    expect(pageName(url)).toBe(name);
    expect(filter.parse({ page: url }).page).toBe(name);
    expect(filter.parse({ page: name }).page).toBe(name);
  });

  it("has its whole host, however long that is", () => {
    const host = `https://${"日本.".repeat(600)}example/`;
    expect(pageName(`${host}${"a".repeat(200)}`)).toMatch(/^https:\/\/xn--[^/]+\.example\/$/);
  });

  it.each([
    `${SHOP}${"/".repeat(1_000)}x${"%e".repeat(300)}${"/".repeat(400)}`,
    `${SHOP}${"%".repeat(2_000)}`,
    `${SHOP}${"/".repeat(2_000)}`,
    `${SHOP}${"/ü..".repeat(500)}`,
  ])("of a hostile address takes no time, and is its own name", (hostile) => {
    for (const slash of ["keep", "drop"] as const) {
      const name = pageName(hostile, slash);
      expect(pageName(name, slash)).toBe(name);
    }
  });

  it("is its own name, whatever the address, and under either setting", () => {
    const part = fc.constantFrom(..."%25eF41/.\\ü日 a;~|^?#", "..", "//");
    const path = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(""));
    const before = fc.oneof(
      fc.constant(""),
      fc.integer({ min: 1_980, max: 2_030 }).map((count) => "a".repeat(count)),
    );
    const isItsOwn = (filler: string, rest: string): void => {
      const url = `${SHOP}${filler}${rest}`;
      const [kept, dropped] = [pageName(url), pageName(url, "drop")];
      expect(pageName(kept)).toBe(kept);
      expect(pageName(dropped, "drop")).toBe(dropped);
      // As a filter reads it, before it knows the site.
      expect(pageName(kept, "drop")).toBe(dropped);
      expect(kept.length).toBeLessThanOrEqual(MAX_URL_UNITS);
      expect(dropped.startsWith(SHOP)).toBe(true);
    };
    fc.assert(fc.property(before, path, isItsOwn), { numRuns: 3_000 });
  });

  it("is found among views that were counted under either setting", () => {
    expect(nameAmong(`${SHOP}a/`, { [`${SHOP}a`]: 1 })).toBe(`${SHOP}a`);
    expect(nameAmong(`${SHOP}a/`, { [`${SHOP}a`]: 1, [`${SHOP}a/`]: 1 })).toBe(`${SHOP}a/`);
    expect(nameAmong(`${SHOP}a/`, {})).toBe(`${SHOP}a/`);
  });
});

describe("a page's address", () => {
  it("keeps query and fragment, and loses user and password", () => {
    expect(pageUrl("HTTPS://me:secret@SHOP.example/ü?A=B#C")).toBe(`${SHOP}%C3%BC?A=B#C`);
    expect(pageUrl("no address")).toBe("no address");
  });

  it("is told again for the same one, and anew for another", () => {
    expect([pageUrl(`${SHOP}x/../a`), pageUrl(`${SHOP}x/../a`), pageUrl(`${SHOP}b`)]).toEqual([
      `${SHOP}a`,
      `${SHOP}a`,
      `${SHOP}b`,
    ]);
  });
});
