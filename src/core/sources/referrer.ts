import { getDomain } from "tldts";
import { nameOf } from "./names";

/** Where a referrer points. Pure. */

/** A host as it is compared: in lower case, without `www.` and the dot of the root. */
export function hostOf(url: string): string | null {
  const host = URL.parse(url)
    ?.hostname.toLowerCase()
    .replace(/\.$/, "")
    .replace(/^(?:www\.)+/, "");
  return host || null;
}

const lastLabels = (host: string): string => host.split(".").slice(-2).join(".");

/**
 * Whether two hosts have one owner: both are under one registrable domain by the Public Suffix List. Tenants of shared hosting
 * (a.github.io, b.github.io) do not, because the list's private part is read as well.
 */
function isSameSite(a: string, b: string): boolean {
  if (a === b) return true;
  // Most hosts have nothing in common, so skip the list.
  if (lastLabels(a) !== lastLabels(b)) return false;
  const domain = getDomain(a, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(b, { allowPrivateDomains: true });
}

/** The host, or the app, that a visitor came from; null for none, and for a page of the same site. */
export function foreignHost(entryPage: string, referrer: string | null): string | null {
  const from = referrer === null ? null : hostOf(referrer);
  if (from === null) return null;
  const own = hostOf(entryPage);
  return own !== null && isSameSite(own, from) ? null : from;
}

/** `foreignHost`, as breakdowns name it. */
export const referrerHost = (entryPage: string, referrer: string | null): string | null =>
  nameOf(foreignHost(entryPage, referrer));
