import { MAX_URL_UNITS } from "../../limits";
import type { TrailingSlash } from "../../protocol/values";

/** Pages by their addresses. Pure. */

const ESCAPE = /%(?:[0-9A-Fa-f]{2})?/g;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * Escapes in one spelling, by RFC 3986, 2.4 and 6.2.2, on which the URL standard is silent: `%c3` is `%C3`, `%7E` is `~`. A `%`
 * alone is `%25`, because what follows it could otherwise make another escape of it (`%%34%31`).
 */
const spellEscape = (written: string): string => {
  if (written === "%") return "%25";
  const char = String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return UNRESERVED.test(char) ? char : written.toUpperCase();
};

// The events of a session name one page or two, and parsing a URL costs more than the rest of folding an event.
let last = { url: "", spelled: "" };

/**
 * An address as the URL standard writes it (https://url.spec.whatwg.org): `HTTPS://Shop.example:443` is `https://shop.example/`,
 * `ü` is `%C3%BC`. User and password are left out. A text that is no URL stays as it is.
 */
export function pageUrl(url: string): string {
  if (url === last.url) return last.spelled;
  const parsed = URL.parse(url);
  if (!parsed) return url;
  parsed.username = "";
  parsed.password = "";
  const spelled = parsed.href.replace(ESCAPE, spellEscape);
  last = { url, spelled };
  return spelled;
}

/** Where the path begins, at its first slash. -1 without one. */
const pathOf = (page: string): number => page.indexOf("/", page.indexOf("//") + 2);

/**
 * Cuts a page's name to the length that an address may have, so that the API can be asked for it: escapes make `日` nine characters.
 * The name ends with a whole escape, and not in `/..`, which would lead up. The host stays whole, or it would be another.
 */
function cutPath(page: string): string {
  if (page.length <= MAX_URL_UNITS) return page;
  return page
    .slice(0, Math.max(MAX_URL_UNITS, pathOf(page) + 1))
    .replace(/%.?$/, "")
    .replace(/\/\.{1,2}$/, "/");
}

/** Keeps the slash after the host, because without it there is no path. */
function withoutSlashes(page: string): string {
  const root = pathOf(page) + 1;
  let end = page.length;
  while (end > root && page[end - 1] === "/") end -= 1;
  return page.slice(0, end);
}

/** Where a single-page app keeps its route: `#/cart?page=2`, `#!/cart`. Any other fragment is a place within a page. */
const HASH_ROUTE = /^#!?\/+[^/?]/;

/**
 * A page as aggregates name it: without the query, which differs from visit to visit, and without the fragment unless it is a
 * route; in one spelling, and no longer than an address that the API takes. Naming a name again changes nothing.
 */
export function pageName(url: string, slash: TrailingSlash = "keep"): string {
  const spelled = pageUrl(url);
  const at = spelled.indexOf("#");
  const [path = url] = spelled.split(/[?#]/, 1);
  const fragment = at < 0 ? "" : spelled.slice(at);
  const [route = ""] = HASH_ROUTE.test(fragment) ? fragment.split("?", 1) : [];
  // Keep a route whole or leave it out: a part of it would be another route.
  const page = path.length + route.length > MAX_URL_UNITS ? cutPath(path) : path + route;
  return slash === "drop" ? withoutSlashes(page) : page;
}

/** The name that a session's views have for a page, whichever setting they were counted under. */
export function nameAmong(url: string, views: Readonly<Record<string, number>>): string {
  const name = pageName(url);
  if (Object.hasOwn(views, name)) return name;
  const dropped = pageName(url, "drop");
  return Object.hasOwn(views, dropped) ? dropped : name;
}
