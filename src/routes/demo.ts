import { isDevelopment } from "../env";
import { rootKey } from "../http/auth";
import type { Handler } from "../http/context";
import { Problem } from "../http/problem";
import page from "./demo.html";

/** `GET /demo`: a tracked page beside its own session, in development only, for it is handed the development key. */
export const getDemo: Handler = ({ env }) => {
  if (!isDevelopment(env)) throw new Problem("not_found", "There is nothing at this path.");
  const html = page.replace('<html lang="en">', `<html lang="en" data-key="${rootKey(env) ?? ""}">`);
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
};
