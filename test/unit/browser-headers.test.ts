import { describe, expect, it } from "vitest";
import { withBrowserHeaders } from "../../src/edge/http/browser-headers";

const shown = (
  path = "/health",
  { method = "GET", response = new Response("{}"), base = "https://pulse.example", hsts }: Partial<Asked> = {},
): Headers => {
  const url = new URL(path, base);
  return withBrowserHeaders(response, new Request(url, { method }), url, hsts).headers;
};

interface Asked {
  method: string;
  response: Response;
  base: string;
  hsts: string;
}

const HSTS = "Strict-Transport-Security";

describe("a response to a browser", () => {
  it("has what keeps it from being anything else than it says", () => {
    expect(Object.fromEntries(shown())).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
    });
  });

  it("keeps a route's own policies, and its status and body", async () => {
    const own = {
      "Content-Security-Policy": "default-src 'self'",
      "Referrer-Policy": "origin",
      "Cross-Origin-Resource-Policy": "cross-origin",
    };
    const url = new URL("https://pulse.example/x");
    const response = withBrowserHeaders(new Response("text", { status: 418, headers: own }), new Request(url), url);
    expect([response.status, await response.text()]).toEqual([418, "text"]);
    for (const [name, value] of Object.entries(own)) expect(response.headers.get(name)).toBe(value);
  });

  it.each([
    ["POST", "/track/events/batch", "cross-origin"],
    ["GET", "/track/socket", "cross-origin"],
    ["POST", "/lead", "cross-origin"],
    ["OPTIONS", "/old/contact.php", "cross-origin"],
    ["POST", "/old/contact.php", "cross-origin"],
    ["POST", "/analytics/keys", "same-origin"],
    ["GET", "/analytics/sessions", "same-origin"],
    ["HEAD", "/metrics", "same-origin"],
    ["GET", "/leads", "same-origin"],
  ])("to %s %s is for pages of any site or of its own: %s", (method, path, policy) => {
    expect(shown(path, { method }).get("Cross-Origin-Resource-Policy")).toBe(policy);
  });

  it("that sends a form on says nothing of the next page's referrer", () => {
    const response = new Response(null, { status: 303, headers: { Location: "https://shop.example/thanks" } });
    expect(shown("/lead", { method: "POST", response }).has("Referrer-Policy")).toBe(false);
  });
});

describe("https for the time to come", () => {
  it.each(["http://pulse.example", "http://localhost:8787", "https://localhost:8787", "https://127.0.0.1:8787"])(
    "is not asked for at %s",
    (base) => {
      expect(shown("/", { base }).has(HSTS)).toBe(false);
    },
  );

  it.each(["https://app.localhost", "https://[::1]:8787", "https://127.8.8.8"])("nor at %s", (base) => {
    expect(shown("/", { base }).has(HSTS)).toBe(false);
  });

  it.each([
    [undefined, "max-age=31536000"],
    ["off", null],
    ["max-age=0", "max-age=0"],
    ["max-age=63072000; includeSubDomains; preload", "max-age=63072000; includeSubDomains; preload"],
    // What is no such value binds nobody's subdomains by accident.
    ["includeSubDomains", "max-age=31536000"],
    ["max-age=1; includeSubDomains; other", "max-age=31536000"],
    ["", "max-age=31536000"],
  ])("with the variable %j is %j", (hsts, value) => {
    expect(shown("/", hsts === undefined ? {} : { hsts }).get(HSTS)).toBe(value);
  });
});
