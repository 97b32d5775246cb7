import { EMAIL_LOCAL_MAX_UNITS, EMAIL_MAX_UNITS } from "../../limits";
import disposableText from "./domains/disposable.txt";
import freeText from "./domains/free.txt";
import relayText from "./domains/relay.txt";
import type { EmailClass } from "./lead";

export interface Email {
  /** As typed, without blanks around it and without invisible characters. */
  address: string;
  /** The form in which addresses are compared: small letters, composed (NFC), the domain in ASCII. */
  key: string;
  class: EmailClass;
}

// Letters of any script, and the specials that RFC 5322 allows in a dot-atom. Nobody types a quoted local part into a contact form.
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN =
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/** Reads an address by its syntax; null if it cannot be anybody's. */
export function readEmail(text: string): Email | null {
  // Pasted text may have invisible characters: marks of direction, and blanks without width.
  const address = text.replace(/\p{Cf}/gu, "").trim();
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  if (at < 1 || address.length > EMAIL_MAX_UNITS || local.length > EMAIL_LOCAL_MAX_UNITS || !LOCAL.test(local))
    return null;
  const domain = asciiDomain(address.slice(at + 1));
  if (domain === null) return null;
  return { address, key: `${local.toLowerCase().normalize("NFC")}@${domain}`, class: classOf(domain) };
}

/** An internationalised domain in its ASCII form, by the URL standard's own rules. */
function asciiDomain(text: string): string | null {
  if (/[\s/?#@:\\%[\]]/.test(text) || !URL.canParse(`http://${text}`)) return null;
  const { hostname } = new URL(`http://${text}`);
  return hostname.length <= 253 && DOMAIN.test(hostname) ? hostname : null;
}

let lists: Record<"relay" | "disposable" | "free", Set<string>> | undefined;

const lines = (text: string): Set<string> => new Set(text.split("\n").filter((line) => line && !line.startsWith("#")));

/** Services that have a domain in each country: no list has all of them. */
const COUNTRY_DOMAIN = /^(?:gmx|hotmail|outlook|yahoo|yandex)\.(?:com?\.)?[a-z]{2}$/;

/** The class of the domain, or of a domain above it, because relays and disposable services give out subdomains, too. */
function classOf(domain: string): EmailClass {
  lists ??= { relay: lines(relayText), disposable: lines(disposableText), free: lines(freeText) };
  const labels = domain.split(".");
  const parents = labels.slice(0, -1).map((_, i) => labels.slice(i).join("."));
  const { relay, disposable, free } = lists;
  if (parents.some((name) => relay.has(name))) return "relay";
  if (parents.some((name) => disposable.has(name))) return "disposable";
  // If the list has a name with a dot in front, every domain below it is the provider's: `nyc.rr.com`.
  const isFree =
    free.has(domain) || COUNTRY_DOMAIN.test(domain) || parents.slice(1).some((name) => free.has(`.${name}`));
  return isFree ? "free" : "own";
}
