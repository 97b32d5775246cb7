import { version } from "../../../package.json";
import type { Handler } from "../http/context";
import { stylesOf } from "../http/policy";
import type { Route } from "../http/router";
import { openApiDocument } from "../openapi/document";
import { operations } from "../openapi/operations";
import { renderDocs } from "../openapi/page";

const CACHED = { "Cache-Control": "public, max-age=300" };

/** `GET /openapi.json`: made once per isolate from the route table and its schemas. */
export function openApiRoute(routes: () => readonly Route[]): Handler {
  let text: string | undefined;
  return () => {
    text ??= JSON.stringify(openApiDocument(routes(), operations, version));
    const headers = { "Content-Type": "application/json", ...CACHED, "Access-Control-Allow-Origin": "*" };
    return new Response(text, { headers });
  };
}

const policyOf = async (html: string): Promise<string> =>
  `default-src 'none'; ${await stylesOf(html)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `GET /docs`: the same document as a page without scripts, made once per isolate. */
export function docsRoute(routes: () => readonly Route[]): Handler {
  // Kept as text: a response belongs to the request that made it, and no other request may read it.
  let page: { html: string; policy: string } | undefined;
  return async () => {
    if (!page) {
      const html = renderDocs(openApiDocument(routes(), operations, version));
      page = { html, policy: await policyOf(html) };
    }
    const headers = { "Content-Type": "text/html; charset=utf-8", ...CACHED, "Content-Security-Policy": page.policy };
    return new Response(page.html, { headers });
  };
}
