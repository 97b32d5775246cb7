import { describe, expect, it } from "vitest";
import { countryOf, regionOf } from "../../src/leads/country";

describe("a country", () => {
  it.each([
    ...[
      "DE",
      "de",
      " De ",
      "DEU",
      "deu",
      "D.E.",
      "Germany",
      "GERMANY",
      "germany ",
      "Deutschland",
      "Allemagne",
      "Alemania",
    ],
    ...["Germania", "Tyskland", "Niemcy", "Německo", "Nemecko", "Германия", "ドイツ", "德国", "ألمانيا", "Almanya"],
    ...[
      "de-DE",
      "de_DE",
      "de_DE.UTF-8",
      "en-DE",
      "🇩🇪",
      "🇩🇪 Germany",
      "Germany (+49)",
      "+49 (Germany)",
      "DE +49",
      "DE - Germany",
    ],
    ...["Germany / Deutschland", "(DE) Germany", "ＤＥ"],
  ])("is meant by %j", (text) => {
    expect(countryOf(text)).toBe("DE");
  });

  it.each([
    ["France", "FR"],
    ["FRA", "FR"],
    ["fr-FR", "FR"],
    ["UK", "GB"],
    ["U.K.", "GB"],
    ["GBR", "GB"],
    ["England", "GB"],
    ["Great Britain", "GB"],
    ["United Kingdom", "GB"],
    ["Royaume-Uni", "GB"],
    ["USA", "US"],
    ["U.S.A.", "US"],
    ["United States of America", "US"],
    ["United States", "US"],
    ["États-Unis", "US"],
    ["etats unis", "US"],
    ["Estados Unidos", "US"],
    ["Österreich", "AT"],
    ["osterreich", "AT"],
    ["Oesterreich", "AT"],
    ["The Netherlands", "NL"],
    ["Holland", "NL"],
    ["Czech Republic", "CZ"],
    ["Czechia", "CZ"],
    ["Côte d'Ivoire", "CI"],
    ["Ivory Coast", "CI"],
    ["Bosnia & Herzegovina", "BA"],
    ["Bosnia and Herzegovina", "BA"],
    ["Guinea-Bissau", "GW"],
    ["South Korea", "KR"],
    ["Hong Kong", "HK"],
    ["Türkiye", "TR"],
    ["Turkey", "TR"],
    ["España", "ES"],
    ["Schweiz", "CH"],
    ["EL", "GR"],
    ["日本", "JP"],
    ["Brasil", "BR"],
    ["Россия", "RU"],
  ])("%s is %s", (text, code) => {
    expect(countryOf(text)).toBe(code);
  });

  it.each([
    "",
    " ",
    "XX",
    "ZZZ",
    "Atlantis",
    "en",
    "english",
    "49",
    "+49",
    "-",
    "🙂",
    "toString",
    "constructor",
    "__proto__",
    "12345",
  ])("is not meant by %j", (text) => {
    expect(countryOf(text)).toBeNull();
  });

  it("is looked for in time that does not grow with the text's length squared", () => {
    countryOf("warm");
    const started = performance.now();
    for (const text of [
      "a-".repeat(5_000),
      " ".repeat(10_000),
      "de_".repeat(3_000),
      "é".repeat(5_000),
      "+1 ".repeat(3_000),
    ])
      countryOf(text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it.each([
  ["fr-FR", "FR"],
  ["zh-Hans-CN", "CN"],
  ["de_AT.UTF-8", "AT"],
  ["ca_ES@valencia", "ES"],
  ["fr", null],
  ["FR", null],
  ["en-001", null],
  ["fr-FR, de-DE", null],
  ["x", null],
])("the region of the locale %s is %s", (locale, region) => {
  expect(regionOf(locale)).toBe(region);
});
