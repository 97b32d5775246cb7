import alpha3 from "countries-list/minimal/countries.3to2.min.json";
import english from "countries-list/minimal/countries.en.min.json";
import native from "countries-list/minimal/countries.native.min.json";
import { getCountries } from "libphonenumber-js/max";
import { comparable } from "./comparable";

/** Pure: the country that people and forms mean, by code, name or locale. */

const COUNTRIES: ReadonlySet<string> = new Set(getCountries());

/** Codes that are in use but not in ISO 3166-1: the EU writes EL, and everybody writes UK. */
const OTHER_CODES: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };

/** Names that neither the Unicode CLDR nor countries-list has: parts of a country, older and shorter names. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  america: "US",
  unitedstatesofamerica: "US",
  britain: "GB",
  greatbritain: "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  northernireland: "GB",
  grossbritannien: "GB",
  inglaterra: "GB",
  angleterre: "GB",
  inghilterra: "GB",
  holland: "NL",
  holanda: "NL",
  hollande: "NL",
  olanda: "NL",
  thenetherlands: "NL",
  oesterreich: "AT",
  czechrepublic: "CZ",
  tschechischerepublik: "CZ",
  turkey: "TR",
  korea: "KR",
  republicofkorea: "KR",
  russianfederation: "RU",
  republicofireland: "IE",
  uae: "AE",
  emirates: "AE",
  ivorycoast: "CI",
  capeverde: "CV",
  swaziland: "SZ",
  burma: "MM",
  macedonia: "MK",
  macao: "MO",
  easttimor: "TL",
  vatican: "VA",
  ksa: "SA",
  drc: "CD",
  prc: "CN",
  roc: "TW",
  rok: "KR",
  dprk: "KP",
  rsa: "ZA",
  brd: "DE",
  republicofchina: "TW",
  democraticpeoplesrepublicofkorea: "KP",
  greatbritainandnorthernireland: "GB",
  frenchrepublic: "FR",
  republiquefrancaise: "FR",
  italianrepublic: "IT",
  repubblicaitaliana: "IT",
  portugueserepublic: "PT",
  hellenicrepublic: "GR",
  swissconfederation: "CH",
  slovakrepublic: "SK",
  slovenskarepublika: "SK",
  ceskarepublika: "CZ",
  rzeczpospolitapolska: "PL",
  рф: "RU",
  российскаяфедерация: "RU",
  日本国: "JP",
  中华人民共和国: "CN",
  大韩民国: "KR",
  대한민국: "KR",
};

/** What a country calls itself before its name: `Kingdom of Spain`, `Bundesrepublik Deutschland`. */
const STATES = [
  "(?:the )?(?:(?:federal|federative|democratic|united|people'?s|peoples|islamic|arab|socialist) ){0,3}",
  "(?:republic|kingdom|state|states|federation|commonwealth|principality|sultanate|union|grand duchy) of (?:the )?",
  "|the |(?:bundes)?republik |königreich |fürstentum |grossherzogtum |großherzogtum ",
  "|(?:république|royaume|principauté|grand-duché) (?:de la |de |du |des |d['’])",
  "|(?:república|reino|principado) (?:de la |de |del |da |do |d['’])?",
  "|(?:repubblica|regno|principato) (?:di |della |del |d['’])",
].join("");
const STATE = new RegExp(`^(?:${STATES})`, "iu");

/** Languages whose names for countries are known, the most common in forms first. The runtime has the names of all of the CLDR. */
const LANGUAGES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "pl",
  "cs",
  "da",
  "sv",
  "nb",
  "fi",
  "tr",
  "ru",
  "uk",
  "ro",
  "hu",
  "el",
  "bg",
  "hr",
  "sr",
  "sr-Latn",
  "sk",
  "sl",
  "et",
  "lv",
  "lt",
  "ca",
  "eu",
  "gl",
  "ga",
  "cy",
  "is",
  "sq",
  "mk",
  "ka",
  "ja",
  "zh",
  "zh-Hant",
  "ko",
  "ar",
  "he",
  "fa",
  "ur",
  "hi",
  "bn",
  "ta",
  "te",
  "th",
  "vi",
  "id",
  "ms",
  "fil",
  "sw",
];

/** A name without what people leave out or write in different ways. */
const nameKey = (name: string): string => comparable(name.replaceAll("&", " and ")).replace(/[^\p{L}\p{M}]+/gu, "");

type Names = ReadonlyMap<string, string>;

const keyed = (names: Iterable<readonly [string, string]>): Names =>
  new Map([...names].map(([name, code]) => [nameKey(name), code]));

const namesOf = (record: Readonly<Record<string, string>>): Names =>
  keyed(Object.entries(record).map(([code, name]) => [name, code] as const));

function namesIn(language: string): Names {
  const styles = (["long", "short"] as const).map(
    (style) => new Intl.DisplayNames(language, { type: "region", style, fallback: "none" }),
  );
  return keyed([...COUNTRIES].flatMap((code) => styles.map((names) => [names.of(code) ?? code, code] as const)));
}

const SOURCES: readonly (() => Names)[] = [
  () => keyed(Object.entries(OTHER_NAMES)),
  () => namesOf(english),
  ...LANGUAGES.map((language) => () => namesIn(language)),
  () => namesOf(native),
];

/** Each source's names. They are made only once a name is in no earlier source: all of them take some 60 ms. */
const made: Names[] = [];

function countryNamed(name: string): string | null {
  const key = nameKey(name);
  if (key === "") return null;
  for (const [i, make] of SOURCES.entries()) {
    made[i] ??= make();
    const code = made[i].get(key);
    if (code !== undefined && COUNTRIES.has(code)) return code;
  }
  return null;
}

const THREE_LETTERS: Readonly<Record<string, string>> = alpha3;

function countryCoded(text: string): string | null {
  const code = text.toUpperCase().replace(/[\s.]/g, "");
  const two = OTHER_CODES[code] ?? (Object.hasOwn(THREE_LETTERS, code) ? THREE_LETTERS[code] : code);
  return two !== undefined && COUNTRIES.has(two) ? two : null;
}

/** The region of a locale: `fr-FR`, `de_AT.UTF-8`, `zh-Hans-CN`. */
export function regionOf(locale: string): string | null {
  const tag = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){1,4}(?=$|[.@])/i.exec(locale.trim())?.[0].replaceAll("_", "-") ?? "";
  try {
    const region = new Intl.Locale(tag).region ?? "";
    return COUNTRIES.has(region) ? region : null;
  } catch {
    return null;
  }
}

/** `🇫🇷` as `(FR)`: each half of a flag is a letter, from U+1F1E6 on. */
const withoutFlags = (text: string): string =>
  text.replace(/[\u{1f1e6}-\u{1f1ff}]{2}/gu, (flag) => `(${[...flag].map(letterOf).join("")})`);

const letterOf = (half: string): string => String.fromCharCode((half.codePointAt(0) ?? 0) - 0x1f1e6 + 65);

/** Locales that are written like a part of a country, although the country has no part of that name. */
const LOCALES: ReadonlySet<string> = new Set(["DE-AT", "DE-CH", "FR-BE", "FR-CA", "FR-CH", "ES-MX", "NL-BE", "AR-AE"]);

/**
 * The country of a part of it (ISO 3166-2: `DE-BY`, `GB-ENG`), which is written in capitals. Some people write their locale in
 * capitals, too: a language with the country where it is most at home (`PT-BR`, `SV-SE`) counts as a locale.
 */
function countryOfPart(text: string): string | null {
  const [, whole, part] = /^([A-Z]{2})-([A-Z0-9]{1,3})$/.exec(text) ?? [];
  if (whole === undefined || part === undefined || LOCALES.has(text)) return null;
  const isHome = new Intl.Locale(whole.toLowerCase()).maximize().region === part;
  return isHome ? null : countryCoded(whole);
}

const country = (text: string): string | null =>
  countryCoded(text) ??
  countryOfPart(text) ??
  regionOf(text) ??
  countryNamed(text) ??
  (STATE.test(text) ? countryNamed(text.replace(STATE, "")) : null);

/**
 * The country that a text means, ISO 3166-1 alpha-2: a code of two or three letters, a name in one of many languages, a locale, a
 * flag, or one of these beside a calling code (`France (+33)`). Null if it means none.
 */
export function countryOf(text: string): string | null {
  const said = withoutFlags(text.normalize("NFKC")).trim();
  const whole = country(said);
  if (whole !== null) return whole;
  const parts = said.split(/[^\p{L}\p{M}\s.'’&-]+/u).map((part) => /[^\s-](?:.*[^\s-])?/su.exec(part)?.[0] ?? "");
  const dashed = parts.flatMap((part) => part.split(/\s[-–]\s/));
  return (
    [...parts, ...dashed]
      .filter((part) => part !== "")
      .slice(0, 6)
      .map(country)
      .find((one) => one !== null) ?? null
  );
}
