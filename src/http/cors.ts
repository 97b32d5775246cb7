/**
 * CORS for the tracking routes. A preflight is answered for any origin, because it does not carry the body that may name
 * the site; the call itself is checked against that site's allowed origins.
 */
export function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": request.headers.get("Origin") ?? "*",
      "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
      "Access-Control-Allow-Headers": "Content-Type, Authorization, X-API-Key, Idempotency-Key",
      // Chromium keeps a preflight for at most two hours.
      "Access-Control-Max-Age": "7200",
      Vary: "Origin",
    },
  });
}

/** Lets the page at `origin` read the answer, `Retry-After` included. */
export function withCors(response: Response, origin: string | null): Response {
  if (!origin) return response;
  const open = new Response(response.body, response);
  open.headers.set("Access-Control-Allow-Origin", origin);
  open.headers.set("Access-Control-Expose-Headers", "Retry-After");
  open.headers.append("Vary", "Origin");
  return open;
}
