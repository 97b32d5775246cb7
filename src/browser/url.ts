import { CAMPAIGN } from "./campaign";
import { FIELD_NAME_UNITS, URL_UNITS } from "./limits";
import { isForgetful, read, write } from "./storage";

/** Names of parameters whose values are a person's, or a key: such a parameter does not leave the page. */
const SECRET = /mail|token|passw|pwd|secret|auth|key|session|phone|card|iban|ssn|otp|^code$/i;

/** Names of what visitors have filled in on this origin, newest first. */
const FIELDS_KEY = "pulsegate.fields";
const fields = (): string[] => (read(FIELDS_KEY) ?? "").split("\n");

/**
 * A form may put what was typed into the next page's address, and from there it gets into links: parameters of these
 * names do not leave any page from now on. Names only; a value is never read.
 */
export const rememberFields = (names: string[]): void =>
  write(FIELDS_KEY, [...new Set([...names, ...fields()])].join("\n").slice(0, FIELD_NAME_UNITS));

/** Where no names could be remembered, nothing but the campaign is known not to have been typed. */
const isPrivate = (name: string): boolean =>
  isForgetful() ? !CAMPAIGN.test(name) : SECRET.test(name) || fields().includes(name);

/**
 * An address as the server takes it, of a page or an app, without secrets; undefined for `file:`, `mailto:` and the like. A
 * long one loses its query.
 */
export function cleanUrl(href: string): string | undefined {
  if (!/^(https?|android-app):/.test(href)) return;
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (isPrivate(name)) url.searchParams.delete(name);
  // Single-page sign-ins bring their tokens in the fragment.
  if (/=/.test(url.hash) && SECRET.test(url.hash)) url.hash = "";
  return url.href.length > URL_UNITS ? (url.origin + url.pathname).slice(0, URL_UNITS) : url.href;
}

export const pageUrl = (): string => cleanUrl(location.href) ?? "";
