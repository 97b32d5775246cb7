import { describe, expect, it } from "vitest";
import { cleanAddress, cleanText } from "../../src/core/privacy/address";
import { cleanMessage } from "../../src/core/privacy/message";

/** Texts other than addresses: elements, titles, data, and what errors say. */

const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const clean = (text: string, name = "", ...allow: string[]): string => cleanText(text, { allow }, name);
const message = (text: string): string => cleanMessage(text, (url) => cleanAddress(url, { allow: [] }));

describe("a text", () => {
  it.each([
    "nav#menu > a.item",
    "form#login > input",
    "Red shoes, 50% off & more",
    "SKU ESP-2000 / 2026",
    "and/or",
    "pro",
    "2026-11-30T10:20:30.123Z",
    "01.12.2026 10:30",
    "192.168.100.200",
    "1 234 567 890",
    "52.520008",
    "a@b",
    "@jane",
    "div.ProductCard_addToCart__3kZ9x",
    "a.wp-block-group-is-layout-flow",
    "iPad-M3-16GB-512GB-Silver",
    "samsung-galaxy-s24-ultra-5g-12gb-256gb-sm-s928b",
    "rechtsschutzversicherung",
    "checkoutPaymentMethodSelector",
    "4111 1111 1111 1112",
    "Call us",
    "https://shop.example/list?page=2",
    "/checkout?step=2",
    "",
    ":secret",
  ])("without a secret stays as it is: %j", (text) => {
    expect(clean(text)).toBe(text);
  });

  it.each([
    ["Welcome, jane@example.com!", "Welcome, :secret!"],
    [`button#user-${HEX}.big`, "button#:secret.big"],
    ["form#jane@example.com > input", "form#:secret > input"],
    ["a#tel-+491701234567", "a#tel-:secret"],
    ["4111 1111 1111 1111", ":secret"],
    ["id 12 4111 1111 1111 1111 paid", "id :secret paid"],
    ["abcdefghijklmnopqrst-4111 1111 1111 1111", "abcdefghijklmnopqrst-:secret"],
    ["Call 555-555-0100, (030) 123 45678 or +1 (555) 555-0100", "Call :secret, :secret or :secret"],
    ["see https://x.example/?key=1&a=2 now", "see https://x.example/?a=2 now"],
    ["Tel. 0171/1234567", "Tel. :secret"],
    ["/reset?token=abc", "/reset"],
    ["token=abc", ""],
  ])("loses what is secret: %j", (text, expected) => {
    expect(clean(text)).toBe(expected);
    expect(clean(expected)).toBe(expected);
  });

  it("keeps what a site allows, by its name in the data or by a pattern", () => {
    expect(clean(HEX, "order", "order")).toBe(HEX);
    expect(clean("jane@example.com", "order", "order")).toBe(":secret");
    expect(clean(`ord_${HEX}`, "order", "ord_*")).toBe(`ord_${HEX}`);
    expect(clean(HEX, "other", "order")).toBe(":secret");
  });
});

describe("what an engine says of an error", () => {
  it.each([
    "Uncaught TypeError: Cannot read properties of undefined (reading 'x')",
    "TypeError: Cannot set properties of null (setting 'innerHTML')",
    "TypeError: foo.bar is not a function",
    "Uncaught ReferenceError: myVar is not defined",
    "ReferenceError: Cannot access 'cart' before initialization",
    'TypeError: can\'t access property "x", :secret is undefined',
    "undefined is not an object (evaluating 'a.b.c')",
    "TypeError: Failed to execute 'appendChild' on 'Node': parameter :secret is not of type 'Node'.",
    "Uncaught RangeError: Maximum call stack size exceeded",
    "InternalError: too much recursion",
    "SyntaxError: Unexpected end of JSON input",
    "ResizeObserver loop completed with undelivered notifications.",
    "TypeError: Failed to fetch dynamically imported module: https://shop.example/a.js",
    "TypeError: NetworkError when attempting to fetch resource.",
    "Script error.",
    "Failed to fetch",
    "[object Object]",
    "TypeError",
  ])("stays as it is: %s", (text) => {
    expect(message(text)).toBe(text);
  });

  it.each([
    ["Invalid value hunter2", "Invalid value :secret"],
    ["Invalid value hunter", "Invalid value :secret"],
    ["Error: Invalid value: correct-horse battery staple", "Error: Invalid value: :secret"],
    ["Card 4111 1111 1111 1111 declined", "Card :secret declined"],
    ["Card 4111-1111-1111-1112 declined", "Card :secret declined"],
    [`Unexpected token 'h', "hunter2" is not valid JSON`, `Unexpected token ':secret', ":secret" is not valid JSON`],
    [`Unexpected token 'j', ..."{"user":jane,"pw":"x"... is not valid JSON`, null],
    ["Unexpected token h in JSON at position 12", "Unexpected token :secret in JSON at position :secret"],
    [
      "JSON.parse: unexpected character at line 1 column 2 of the JSON data",
      "JSON.parse: unexpected character at line :secret column :secret of the JSON data",
    ],
    [`JSON Parse error: Unexpected identifier "hunter2"`, `JSON Parse error: Unexpected identifier ":secret"`],
    [
      "Cannot read properties of undefined (reading 'hunter2')",
      "Cannot read properties of undefined (reading ':secret')",
    ],
    ["Error: User Jane Doe (42) not found", "Error: User :secret (:secret) not found"],
    ["Error: jane@example.com is not valid", "Error: :secret is not valid"],
    ["Error: jane is not defined", "Error: :secret is not defined"],
    ["Wrong password: p@ss,w0rd", "Wrong password: :secret"],
    ["'#hunter' is not a valid selector.", "':secret' is not a valid selector."],
    ["Can't load `hunter`", "Can't load `:secret`"],
    ["the users' data hunter is missing", "the :secret' data :secret is missing"],
    ["“hunter” is not valid", "“:secret” is not valid"],
    [
      "Loading chunk 42 failed. (https://x.example/42.js?token=1)",
      "Loading chunk :secret failed. (https://x.example/42.js)",
    ],
    ["ошибка Иван", ":secret"],
    ["hunter2".repeat(40), ":secret"],
  ])("loses what it quotes: %s", (text, expected) => {
    const said = message(text);
    if (expected !== null) expect(said).toBe(expected);
    expect(said).not.toMatch(/hunter|jane|pw|correct|4111|42\b(?!\.js)/i);
    expect(message(said)).toBe(said);
  });
});

describe("64 KiB of anything", () => {
  it.each([
    "a",
    "1",
    "1 ",
    "1-",
    "+1",
    "0170 1",
    "a@",
    "a@b.",
    "a.",
    "@",
    "%40",
    "%25",
    "%2525",
    "=",
    "&",
    "a=b&",
    "/?#",
    "?a=/",
    "#",
    "eyJ",
    "eyJ.",
    "aB3",
    "-",
    "_a",
    "https://",
    "\\",
    "//",
    "a/?x=https://x/?y=",
    "'",
    "'\"",
    "a'",
  ])("made of %j takes its time once, and no more of it for each letter", (part) => {
    const timeOf = (units: number): number => {
      const text = part.repeat(Math.ceil(units / part.length)).slice(0, units);
      const began = performance.now();
      cleanText(text, { allow: ["a*b*c"] });
      cleanAddress(`https://x.example/?q=${text}`, { allow: [] });
      message(text);
      return performance.now() - began;
    };
    timeOf(4_096);
    // What is quadratic takes 16 times as long for four times the text, and minutes for this much.
    expect(timeOf(65_536)).toBeLessThan(8_000);
  });
});
