import { describe, expect, it } from "vitest";
import { countryOf, regionOf } from "../../src/core/leads/country";

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
    ["KSA", "SA"],
    ["DRC", "CD"],
    ["PRC", "CN"],
    ["People's Republic of China", "CN"],
    ["Republic of China", "TW"],
    ["The Philippines", "PH"],
    ["Republic of the Philippines", "PH"],
    ["The Gambia", "GM"],
    ["the Bahamas", "BS"],
    ["РФ", "RU"],
    ["Российская Федерация", "RU"],
    ["日本国", "JP"],
    ["Slovak Republic", "SK"],
    ["Kingdom of Spain", "ES"],
    ["Reino de España", "ES"],
    ["Kingdom of the Netherlands", "NL"],
    ["Republic of India", "IN"],
    ["Islamic Republic of Iran", "IR"],
    ["Bundesrepublik Deutschland", "DE"],
    ["Republik Österreich", "AT"],
    ["République française", "FR"],
    ["Royaume de Belgique", "BE"],
    ["Great Britain & Northern Ireland", "GB"],
    ["United Kingdom of Great Britain and Northern Ireland", "GB"],
    ["Democratic Republic of the Congo", "CD"],
    ["GB-ENG", "GB"],
    ["UK-SCT", "GB"],
    ["FR-IDF", "FR"],
    ["IT-MI", "IT"],
    ["DE-BE", "DE"],
    ["DE-BY", "DE"],
    ["ES-MD", "ES"],
    ["US-CA", "US"],
    ["CH-ZH", "CH"],
    ["AT-9", "AT"],
    ["de-BE", "BE"],
    ["sr-RS", "RS"],
    ["en-US", "US"],
    ["EN-GB", "GB"],
    ["PT-BR", "BR"],
    ["SV-SE", "SE"],
    ["FR-CA", "CA"],
    ["DE-AT", "AT"],
    ["ZH-CN", "CN"],
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
