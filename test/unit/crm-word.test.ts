import { describe, expect, it } from "vitest";
import { placeAfter, saidAt } from "../../src/core/leads/crm-word";

const NOW = 1_900_000_000_700;
const SECOND = 1_900_000_000_000;

describe("when a word of the CRM was said", () => {
  it.each([
    ["1900000000", SECOND],
    ["1899999700", SECOND - 300_000],
    // Ahead of the clock it was heard by: not later than it was heard.
    ["1900000001", SECOND],
    ["1900000300", SECOND],
    ["999999999999", SECOND],
  ])("by %s is %i", (header, at) => {
    expect(saidAt(header, NOW)).toBe(at);
  });

  it.each([
    // Each of these is a time to some parser: 1900000000 to parseInt, and something else to Number.
    "1900000000e5",
    "1900000000.9",
    "1900000000abc",
    "1900000000, 1900000000",
    "1900000000 ",
    "+1900000000",
    "0x713fb300",
    "1e9",
    "-1",
    "",
    " ",
    "NaN",
    "Infinity",
    "1900000000000000000000",
    "１９００００００００",
  ])("%j does not tell", (header) => {
    expect(saidAt(header, NOW)).toBeNull();
  });
});

describe("a word's place", () => {
  it("is behind an older one's, and an older one has none", () => {
    expect(placeAfter(null, SECOND, NOW)).toBe(SECOND);
    expect(placeAfter(SECOND - 1_000, SECOND, NOW)).toBe(SECOND);
    expect(placeAfter(SECOND - 1, SECOND, NOW)).toBe(SECOND);
    expect(placeAfter(SECOND, SECOND - 1_000, NOW)).toBeNull();
    expect(placeAfter(SECOND + 5, SECOND - 1_000, NOW)).toBeNull();
  });

  it("of several within one second is the later to arrive's, and never past that second", () => {
    expect(placeAfter(SECOND, SECOND, NOW)).toBe(SECOND + 1);
    expect(placeAfter(SECOND + 1, SECOND, NOW)).toBe(SECOND + 2);
    expect(placeAfter(SECOND + 999, SECOND, NOW)).toBe(SECOND + 999);
  });

  it("is any word's where what is kept has a time that has not come", () => {
    expect(placeAfter(SECOND + 10_000, SECOND, NOW)).toBe(SECOND);
    expect(placeAfter(1.9e17, SECOND, NOW)).toBe(SECOND);
    // Another machine's clock may be a moment ahead.
    expect(placeAfter(SECOND + 1_000, SECOND, NOW)).toBeNull();
  });
});
