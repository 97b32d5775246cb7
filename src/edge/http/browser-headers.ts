import { API, PUBLIC } from "./paths";

/** `Strict-Transport-Security`, seconds: a year, the least that lists of such hosts take, and what most send. */
const HSTS_SECONDS = 365 * 24 * 3_600;

/**
 * What every response tells the browser that shows it. Added in one place, behind all routes, so that a new one cannot
 * forget it; a route that needs another policy says so itself, and keeps what it said.
 */

/** For what is no page: shown as a document, it may load, run, send and be framed by nothing. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of this host alone: other people's hosts may share the domain, and what is preloaded stays for months. */
const HSTS = `max-age=${HSTS_SECONDS}`;
const HSTS_VALUE = /^max-age=\d{1,10}(; ?includeSubDomains)?(; ?preload)?$/i;

/** A browser keeps this for a host whatever its port: on one's own machine it would shut out every other server. */
const OWN_MACHINE = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/;

/** Over https only, as RFC 6797 says. `setting` is the variable HSTS: another value, or `off`. */
function hstsOf(url: URL, setting: string | undefined): string | null {
  if (url.protocol !== "https:" || OWN_MACHINE.test(url.hostname) || setting === "off") return null;
  return setting !== undefined && HSTS_VALUE.test(setting) ? setting : HSTS;
}

/** Pages of other sites send to these, and take these; a browser would keep the answer from them otherwise. */
const isForOthers = ({ method }: Request, { pathname }: URL): boolean =>
  PUBLIC.test(pathname) || (method !== "GET" && method !== "HEAD" && !API.test(pathname));

/** The response with what it lacks. A socket's is left alone: its headers may not be touched. */
export function withBrowserHeaders(response: Response, request: Request, url: URL, hsts?: string): Response {
  if (response.webSocket) return response;
  const safe = new Response(response.body, response);
  const { headers } = safe;
  const add = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value);
  };
  headers.set("X-Content-Type-Options", "nosniff");
  add("Content-Security-Policy", NOTHING);
  add("Cross-Origin-Resource-Policy", isForOthers(request, url) ? "cross-origin" : "same-origin");
  // On a form's way on this would be the policy of the next page's request, which is not ours to hide from its site.
  if (!headers.has("Location")) add("Referrer-Policy", "no-referrer");
  const strict = hstsOf(url, hsts);
  if (strict !== null) headers.set("Strict-Transport-Security", strict);
  return safe;
}
