import { dashboardOrigins, originAllowed } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import type { Context } from "./context";
import { API } from "./paths";
import { traceHeaders } from "./trace-headers";

/** Headers that a call to a tracking route may have. */
const HEADERS = ["Content-Type", "Authorization", "X-API-Key", "Idempotency-Key"];

/**
 * CORS for the tracking routes. A preflight is allowed for any origin, because it lacks the body that may name the site; the call
 * itself is checked against the site's allowed origins. Headers of tracing tools are allowed, because they are added to every call
 * of a page that uses such a tool.
 */
export function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": headerOf(request.headers, "Origin") ?? "*",
      "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
      "Access-Control-Allow-Headers": [...HEADERS, ...traceHeaders(request.headers)].join(", "),
      // Chromium keeps a preflight for at most two hours.
      "Access-Control-Max-Age": "7200",
      Vary: "Origin, Access-Control-Request-Headers",
    },
  });
}

/**
 * CORS for the API: a page may read the answer, refusals too, if its origin is one of any site's `dashboard_origins`.
 */
export async function withDashboardCors(response: Response, context: Context): Promise<Response> {
  const { request, url, env } = context;
  // The headers of a socket's answer must not be changed.
  if (!API.test(url.pathname) || response.webSocket) return response;
  const open = new Response(response.body, response);
  open.headers.append("Vary", "Origin");
  const origin = headerOf(request.headers, "Origin");
  if (origin === null || !originAllowed(origin, await dashboardOrigins(env))) return open;
  open.headers.set("Access-Control-Allow-Origin", origin);
  open.headers.set("Access-Control-Expose-Headers", "ETag, Retry-After, RateLimit-Policy, Content-Disposition");
  if (request.method === "OPTIONS") {
    open.headers.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
    open.headers.set("Access-Control-Allow-Headers", "Authorization, X-API-Key, Content-Type, If-None-Match");
    open.headers.set("Access-Control-Max-Age", "7200");
  }
  return open;
}

/** Headers that let a page at `origin` read the answer and its `Retry-After`. */
export const readableBy = (origin: string | null): Record<string, string> =>
  origin
    ? { "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After", Vary: "Origin" }
    : {};

/** Adds the headers of `readableBy` to a response. */
export function withCors(response: Response, origin: string | null): Response {
  if (!origin) return response;
  const open = new Response(response.body, response);
  for (const [name, value] of Object.entries(readableBy(origin))) {
    if (name === "Vary") open.headers.append(name, value);
    else open.headers.set(name, value);
  }
  return open;
}
