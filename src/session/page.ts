/** Pages by their addresses. Pure. */

/** What a site makes of `/a/` and `/a`: two pages, as the URL standard has it, or `/a` alone. */
export const TRAILING_SLASHES = ["keep", "drop"] as const;
export type TrailingSlash = (typeof TRAILING_SLASHES)[number];

const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/** Escapes in one spelling, by RFC 3986, 6.2.2, on which the URL standard is silent: `%c3` is `%C3`, `%7E` is `~`. */
const spellEscape = (written: string): string => {
  const char = String.fromCharCode(Number.parseInt(written.slice(1), 16));
  return UNRESERVED.test(char) ? char : written.toUpperCase();
};

// The events of a session name one page or two, and parsing a URL costs more than the rest of folding an event.
let last = { url: "", spelled: "" };

/**
 * An address as the URL standard writes it (https://url.spec.whatwg.org): `HTTPS://Shop.example:443` is
 * `https://shop.example/`, `ü` is `%C3%BC`. Without a user and password; what is no URL stays as it is.
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

function withoutSlashes(page: string): string {
  let end = page.length;
  while (page[end - 1] === "/") end -= 1;
  return page.slice(0, end);
}

/** The path of a site's root has its slash under any setting: without it there is none. */
const isRoot = (page: string): boolean => page.indexOf("/", page.indexOf("//") + 2) === page.length - 1;

/** A page as aggregates name it: without query and fragment, which differ from visit to visit, and in one spelling. */
export function pageName(url: string, slash: TrailingSlash = "keep"): string {
  const page = pageUrl(url).split(/[?#]/, 1)[0] ?? url;
  return slash === "drop" && page.endsWith("/") && !isRoot(page) ? withoutSlashes(page) : page;
}

/** The name that a session's views have for a page, whichever setting they were counted under. */
export function nameAmong(url: string, views: Readonly<Record<string, number>>): string {
  const name = pageName(url);
  if (Object.hasOwn(views, name)) return name;
  const dropped = pageName(url, "drop");
  return Object.hasOwn(views, dropped) ? dropped : name;
}
