import { describe, expect, it } from "vitest";
import { nameAmong, pageName, pageUrl } from "../../src/session/page";

const SHOP = "https://shop.example/";

describe("a page's name", () => {
  it.each([
    ["https://shop.example/a", "https://shop.example/a"],
    ["https://shop.example/a?b=1#c", "https://shop.example/a"],
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
    [`${SHOP}100%`, `${SHOP}100%`],
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
    [`${SHOP}a/b/`, `${SHOP}a/b`],
    ["", ""],
  ])("of %j is %j where the site drops trailing slashes", (url, name) => {
    expect(pageName(url, "drop")).toBe(name);
  });

  it("is its own name, and the slower ones of hostile addresses take no time", () => {
    const hostile = `${SHOP}${"/".repeat(1_000)}x${"%e".repeat(300)}${"/".repeat(400)}`;
    for (const slash of ["keep", "drop"] as const) {
      const name = pageName(hostile, slash);
      expect(pageName(name, slash)).toBe(name);
    }
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
