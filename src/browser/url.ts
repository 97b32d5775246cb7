import { URL_UNITS } from "./limits";

/** Names of parameters whose values are a person's, or a key: such a parameter does not leave the page. */
const SECRET = /mail|token|passw|pwd|secret|auth|key|session|phone|card|iban|ssn|otp|^code$/i;

/** An address as the server takes it, without secrets; undefined for `file:`, `mailto:` and the like. A long one loses its query. */
export function cleanUrl(href: string): string | undefined {
  if (!/^https?:/.test(href)) return;
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (SECRET.test(name)) url.searchParams.delete(name);
  // Single-page sign-ins bring their tokens in the fragment.
  if (/=/.test(url.hash) && SECRET.test(url.hash)) url.hash = "";
  return url.href.length > URL_UNITS ? (url.origin + url.pathname).slice(0, URL_UNITS) : url.href;
}

export const pageUrl = (): string => cleanUrl(location.href) ?? "";
