import { version } from "../../package.json";
import type { Handler } from "../http/context";
import type { Route } from "../http/router";
import { openApiDocument } from "../openapi/document";
import { operations } from "../openapi/operations";
import { renderDocs, STYLE } from "../openapi/page";

const CACHED = { "Cache-Control": "public, max-age=300" };

/** `GET /openapi.json`: made from the route table and its schemas, once per isolate. */
export function openApiRoute(routes: () => readonly Route[]): Handler {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(openApiDocument(routes(), operations, version));
    const headers = { "Content-Type": "application/json", ...CACHED, "Access-Control-Allow-Origin": "*" };
    return new Response(text, { headers });
  };
}

async function policy(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const nothingElse = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return `default-src 'none'; style-src 'sha256-${hash}'; ${nothingElse}`;
}

/** `GET /docs`: the same document as a page. It has no script, and may load nothing from anywhere. */
export function docsRoute(routes: () => readonly Route[]): Handler {
  let page: Promise<Response> | undefined;
  const make = async (): Promise<Response> => {
    const headers = {
      ...{ "Content-Type": "text/html; charset=utf-8", ...CACHED, "Content-Security-Policy": await policy() },
      ...{ "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" },
    };
    return new Response(renderDocs(openApiDocument(routes(), operations, version)), { headers });
  };
  return async () => {
    page ??= make();
    return (await page).clone();
  };
}
