import { describe, expect, it } from "vitest";
import { comparable } from "../../src/core/leads/comparable";
import { searchedText, searchText } from "../../src/core/leads/search";
import { NOBODY } from "../support/contact";

describe("text that is compared", () => {
  it.each([
    ["Ødegård", "odegard"],
    ["ØDEGÅRD", "odegard"],
    ["ZOË", "zoe"],
    ["zoe\u0308", "zoe"],
    ["Straße", "strasse"],
    ["STRASSE", "strasse"],
    ["STRAẞE", "strasse"],
    ["Łukasz Żółć", "lukasz zolc"],
    ["Đặng Văn", "dang van"],
    ["Æsir Œuvre", "aesir oeuvre"],
    ["Þór Ðí", "thor di"],
    ["İZMİR", "izmir"],
    ["ıssız", "issiz"],
    ["ISSIZ", "issiz"],
    ["Ħal Għaxaq", "hal ghaxaq"],
    ["ΟΔΥΣΣΕΎΣ", "οδυσσευσ"],
    ["Οδυσσεύς", "οδυσσευσ"],
    ["ЁЛКА Йод", "елка иод"],
    ["ﬁn ＡＢＣ", "fin abc"],
    ["שָׁלוֹם", "שלום"],
    ["مُحَمَّد", "محمد"],
    ["50 % _off", "50 % _off"],
    ["山田 😀", "山田 😀"],
    ["", ""],
  ])("%j is %j", (text, compared) => {
    expect(comparable(text)).toBe(compared);
    expect(comparable(compared)).toBe(compared);
  });

  it.each([
    ["がす", "かす"],
    ["की", "का"],
    ["กี", "กา"],
  ])("keeps what makes another word: %s is not %s", (one, other) => {
    expect(comparable(one)).not.toBe(comparable(other));
  });

  it("is made in time that grows with its length", () => {
    const started = performance.now();
    for (const mark of ["\u0301\u0323", "\u0f71\u0f72", "\u093c\u094d", "\u05b0\u0301"])
      comparable(`a${mark.repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("a search", () => {
  it("is in a submit's name, email, phone and message, each by itself", () => {
    const text = searchText({
      ...NOBODY,
      name: "Anna Ødegård",
      email: "A@Shop.Example",
      phone: "+49301",
      message: "Grüße",
    });
    for (const q of ["odegard", "ØDEGÅRD", "a@shop", "4930", "GRUSSE", "grüße"])
      expect(text).toContain(searchedText(q));
    for (const q of ["odegarda@", "1g"]) expect(text).not.toContain(searchedText(q));
  });

  it("is never for nothing: marks alone are found nowhere", () => {
    expect(searchedText("\u0301")).toBe("\u0301");
    expect(searchText({ ...NOBODY, name: "e\u0301" })).not.toContain("\u0301");
  });
});
