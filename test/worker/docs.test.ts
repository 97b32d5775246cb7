import { expect, it } from "vitest";
import { operations } from "../../src/edge/openapi/operations";
import { escapeHtml } from "../../src/edge/openapi/page";
import { routes } from "../../src/edge/routes";
import { ask } from "../support/visit";

it("/docs shows every published operation, and may load and run nothing", async () => {
  const response = await ask("/docs");
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const html = await response.text();
  expect(html).not.toMatch(/<script|<link|<img|<iframe|src=|style="|\son\w+=/);
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(/<style>([^<]*)<\/style>/.exec(html)?.[1]),
  );
  expect(policy).toContain(btoa(String.fromCharCode(...new Uint8Array(hash))));
  for (const [route, { summary }] of Object.entries(operations)) {
    expect(html).toContain(escapeHtml(route.replace(/:(\w+)/g, "{$1}")));
    expect(html).toContain(escapeHtml(summary));
  }
});

it("operations are published of routes only", () => {
  const known = routes.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(operations).filter((name) => !known.includes(name))).toEqual([]);
});
