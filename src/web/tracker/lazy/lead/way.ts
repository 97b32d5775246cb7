/**
 * The address that `redirect` leads to from the page `here`; undefined if it is no http(s) page. From https an http address becomes
 * https, unless it has a port of its own: a port speaks one of the two, so then undefined. The server does the same for a plain
 * form (`redirectTo`). Undefined if `redirect` is no URL: the lead has been taken, and thanks are shown instead.
 */
export function wayFrom(here: string, redirect: string): URL | undefined {
  const to = urlOf(redirect, here);
  if (!to) return;
  if (to.protocol === "http:" && here.startsWith("https:")) {
    if (to.port) return;
    to.protocol = "https:";
  }
  return /^https?:$/.test(to.protocol) ? to : undefined;
}

function urlOf(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return;
  }
}
