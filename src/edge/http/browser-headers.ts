import { API, PUBLIC } from "./paths";

/** `Strict-Transport-Security`, seconds: a year, the least that preload lists accept. */
const HSTS_SECONDS = 365 * 24 * 3_600;

/**
 * Headers that protect every response in a browser. Added here, behind all routes, so that no route can forget them. A route that
 * sets one of them itself keeps its value.
 */

/** For a response that is no page: shown as a document it may load, run and send nothing, and nobody may frame it. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For this host alone: others' hosts may share the domain, and browsers keep a preloaded domain for months. */
const HSTS = `max-age=${HSTS_SECONDS}`;
const HSTS_VALUE = /^max-age=\d{1,10}(; ?includeSubDomains)?(; ?preload)?$/i;

/** Never for localhost: browsers apply HSTS to all ports of a host, and would lock out the other servers there. */
const OWN_MACHINE = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/;

/** Over https only (RFC 6797). `setting`: the variable HSTS, another value or `off`. */
function hstsOf(url: URL, setting: string | undefined): string | null {
  if (url.protocol !== "https:" || OWN_MACHINE.test(url.hostname) || setting === "off") return null;
  return setting !== undefined && HSTS_VALUE.test(setting) ? setting : HSTS;
}

/** Whether pages of other sites call this path. Without `cross-origin` their browser would hide the answer from them. */
const isForOthers = ({ method }: Request, { pathname }: URL): boolean =>
  PUBLIC.test(pathname) || (method !== "GET" && method !== "HEAD" && !API.test(pathname));

/** Adds the headers that a response lacks. A socket's answer stays as it is: its headers must not be changed. */
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
  // After a redirect this policy would hold for the next page's request, whose referrer is not ours to hide.
  if (!headers.has("Location")) add("Referrer-Policy", "no-referrer");
  const strict = hstsOf(url, hsts);
  if (strict !== null) headers.set("Strict-Transport-Security", strict);
  return safe;
}
