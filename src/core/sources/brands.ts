import { parse } from "tldts";
import { type Brand, type BrandTable, keyOf, listedTable, ownTable } from "./table";

/** Which brand a host, or a typed name, belongs to. Pure. */

/** Public suffixes for the countries of a brand: com, de, co.uk, com.au; cat is Catalonia. */
const COUNTRY_SUFFIX = /^(com|org|net|cat|(com?\.)?[a-z]{2})$/;

/** Subdomains of a search engine that are still search. Others, such as docs.google.com, are other products. */
const SEARCH_PARTS = new Set(["www", "images", "image", "lens", "scholar", "web", "m", "wap", "lite", "encrypted"]);
/** The word "search" in the languages of hosts. Not `research`. */
const SEARCH_WORD = /(?<!re)search|suche|recherche|busqueda|buscador/;
const COUNTRY_PART = /^[a-z]{2}$/;
/** `www2` counts as `www`. */
const WWW_PART = /^www\d+$/;

/** A subdomain for webmail, of any owner. */
const MAIL_PART = /^(web|e|e-)?mail\d?$|^(roundcube|zimbra|owa|horde)$/;

/** The most labels of a host that are read. Real hosts have fewer, and a longer one costs no more. */
const MAX_LABELS = 8;

/** The host, and the domains that it lies under, down to two labels. */
function* domainsOf(host: string): Generator<string> {
  const labels = host.split(".").slice(-MAX_LABELS);
  for (let i = 0; i < labels.length - 1; i++) yield labels.slice(i).join(".");
}

function inTable(table: BrandTable, host: string): Brand | null {
  for (const domain of domainsOf(host)) {
    const brand = table.hosts.get(domain);
    if (brand) return domain === host ? brand : ofPart(brand, host.slice(0, -domain.length - 1));
  }
  if (table.labels.size === 0) return null;
  const { domainWithoutSuffix, publicSuffix, subdomain, isIcann } = parse(host);
  if (!domainWithoutSuffix || !isIcann || !COUNTRY_SUFFIX.test(publicSuffix ?? "")) return null;
  const brand = table.labels.get(domainWithoutSuffix);
  if (!subdomain) return brand ?? null;
  return table.labels.get(`${subdomain}.${domainWithoutSuffix}`) ?? (brand ? ofPart(brand, subdomain) : null);
}

/** The brand for a subdomain of its host. */
function ofPart(brand: Brand, part: string): Brand {
  if (brand.kind !== "search") return brand;
  const labels = part.split(".");
  const isSearch =
    labels.some((one) => SEARCH_WORD.test(one)) ||
    labels.every((one) => SEARCH_PARTS.has(one) || COUNTRY_PART.test(one) || WWW_PART.test(one));
  return isSearch ? brand : { name: brand.name, kind: "referral" };
}

/** The brand of a host by the table that is kept by hand; null if it has none. */
export const ownBrand = (host: string): Brand | null => inTable(ownTable(), host);

/** The brand of a host (without `www.`) from the tables, else the host itself. Webmail is email under any name. */
export function brandOfHost(host: string): Brand {
  const known = ownTable().hosts.get(host) ?? listedTable().hosts.get(host);
  if (known) return known;
  const brand = ownBrand(host) ?? inTable(listedTable(), host) ?? { name: host, kind: "referral" };
  const parts = host.split(".").slice(-MAX_LABELS, -2);
  return parts.some((part) => MAIL_PART.test(part)) ? { name: brand.name, kind: "email" } : brand;
}

/**
 * Whether a name with a dot in it is a host or an app: it is in the tables, or under a suffix of the Public Suffix List, or under
 * `.example`, which RFC 2606 sets aside for hosts in examples.
 */
export const isHost = (name: string): boolean =>
  ownTable().hosts.has(name) ||
  listedTable().hosts.has(name) ||
  name.endsWith(".example") ||
  parse(name).isIcann === true;

/** What follows a brand's name if an ad is meant (`google_ads`, `fb-ad`, `google_cpc`), and what stands before it (`paid-fb`). */
const AD = /(?:ads?|cpc|ppc|cpm|paid)$/;
const AD_BEFORE = /^(?:ads?|cpc|ppc|cpm|paid)[\s_-]+/;
const AD_NAMES = new Set(["adwords", "gads"]);

export interface NamedBrand extends Brand {
  /** The name says that an ad was paid for. */
  isAd: boolean;
}

/** The brand of a typed name, in lower case; null if it is no brand's. */
export function brandOfName(name: string): NamedBrand | null {
  const key = keyOf(name);
  const { names } = ownTable();
  const known = names.get(key);
  if (known) return { ...known, isAd: AD_NAMES.has(key) || (AD.test(key) && keyOf(known.name) !== key) };
  const advertised = names.get(key.replace(AD, "")) ?? names.get(keyOf(name.replace(AD_BEFORE, "")));
  return advertised ? { ...advertised, isAd: true } : null;
}
