import { shownForm } from "../../core/leads/form";
import { siteSettings } from "../../ops/site-settings";
import { headerOf } from "../../protocol/header";
import { Problem } from "../../protocol/problem";
import { isSiteName } from "../../protocol/values";
import type { Handler } from "../http/context";
import { withCors } from "../http/cors";
import { isKnown, tagOf } from "../http/etag";
import { limitTrack } from "../http/rate";

/** How long browsers and caches keep a form's definition: as long as an isolate keeps settings. */
const FORM_CACHE_SECONDS = 60;

/** `GET /lead/forms/:site/:name`: a form's definition, for any page, because it names nobody. */
export const getLeadForm: Handler = async ({ request, env, params }) => {
  const origin = headerOf(request.headers, "Origin");
  try {
    await limitTrack(env, request);
    const { site = "", name = "" } = params;
    const form = isSiteName(site) ? shownForm(site, name, (await siteSettings(env, site)).forms) : null;
    if (!form) throw new Problem("not_found", "This site has no such form.");
    const body = JSON.stringify(form);
    const headers = {
      "Content-Type": "application/json",
      "Cache-Control": `public, max-age=${FORM_CACHE_SECONDS}, stale-while-revalidate=86400`,
      "Access-Control-Allow-Origin": "*",
      "Cross-Origin-Resource-Policy": "cross-origin",
      ETag: await tagOf(body),
    };
    if (isKnown(request, headers.ETag)) return new Response(null, { status: 304, headers });
    return new Response(body, { headers });
  } catch (error) {
    // The page may read the error, and then shows its fallback.
    if (error instanceof Problem) return withCors(error.toResponse(), origin);
    throw error;
  }
};
