import type { Forms } from "../../protocol/form";
import { headerOf } from "../../protocol/header";
import { isHttpUrl } from "../../protocol/values";
import type { Taken } from "./lead";

/** Answers to a lead: JSON for scripts and servers, a page or a redirect for a plain HTML form. */

const STYLE = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}";

/** Any site may frame the answer, because the form may stand in another site's frame. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *";

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A page for somebody whose browser has just sent a form: it has no script, and loads nothing. */
export function plainPage(title: string, text: string, init: { status: number; headers?: HeadersInit }): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main></html>`;
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  headers.set("Cache-Control", "no-store");
  headers.set("Content-Security-Policy", PAGE_POLICY);
  return new Response(html, { status: init.status, headers });
}

/** Whether the sender is a browser that will show its answer as a page. */
export const wantsPage = (request: Request, isPlain: boolean): boolean =>
  isPlain && (headerOf(request.headers, "Accept") ?? "").includes("text/html");

/**
 * Where the browser goes after a plain form: an http(s) URL on one of the site's redirect hosts or on the page's own. Null for any
 * other, so that nobody can use this as an open redirect. Only a page that is known to be http itself leads on to http.
 */
export function redirectTo(wanted: string | undefined, page: string | null, { redirect_hosts }: Forms): string | null {
  // If the page is hidden, its origin is "null". Then only an absolute address leads anywhere.
  const from = page !== null && URL.canParse(page) ? new URL(page) : null;
  if (!wanted || !URL.canParse(wanted, from?.href)) return null;
  const url = new URL(wanted, from?.href);
  if (url.protocol === "http:" && from?.protocol !== "http:") {
    // A port that is named speaks either http or https, so the URL cannot be made https.
    if (url.port !== "") return null;
    url.protocol = "https:";
  }
  const isAllowed =
    url.host === from?.host || redirect_hosts.includes(url.host) || redirect_hosts.includes(url.hostname);
  return isAllowed && isHttpUrl(url.href) && !url.username && !url.password ? url.href : null;
}

export const accepted = ({ lead_id, status }: Taken): Response =>
  Response.json({ lead_id, status }, { status: 202, headers: { "Cache-Control": "no-store" } });
