import { isDevelopment } from "../../bindings";
import { Problem } from "../../protocol/problem";
import { rootKey } from "../http/auth";
import type { Handler } from "../http/context";
import { scriptsOf, stylesOf } from "../http/policy";
import page from "./demo.html";

/** The page runs this server's scripts and its own, which talk to this server alone. */
const policy = async (): Promise<string> =>
  `default-src 'none'; ${await scriptsOf(page)}; ${await stylesOf(page)}; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** `GET /demo`: a tracked page beside its own session. In development only, because the page gets the development key. */
export const getDemo: Handler = async ({ env }) => {
  if (!isDevelopment(env)) throw new Problem("not_found", "There is nothing at this path.");
  const html = page.replace('<html lang="en">', `<html lang="en" data-key="${rootKey(env) ?? ""}">`);
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": await policy(),
    // Unlike our other pages it sends a referrer, because the demo shows where visitors come from.
    "Referrer-Policy": "strict-origin-when-cross-origin",
  };
  return new Response(html, { headers });
};
