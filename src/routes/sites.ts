import { seesSite } from "../http/auth";
import { readJson } from "../http/body";
import { type KeyedContext, keyed } from "../http/keyed";
import { fromRefusal, Problem } from "../http/problem";
import { freshSettings, saveSettings } from "../http/sites";
import { SiteName } from "../protocol/fields";
import { SiteInput, type SiteSettings } from "../protocol/site";
import { parseWith } from "../protocol/track";

function nameOf({ params, caller }: KeyedContext): string {
  const name = SiteName.safeParse(params["site"]);
  if (name.success && seesSite(caller, name.data)) return name.data;
  throw new Problem("not_found", "No site can have this name.");
}

const answer = (site: string, settings: SiteSettings): Response =>
  Response.json({ data: { site, ...settings } }, { headers: { "Cache-Control": "no-store" } });

/** `GET /analytics/sites/:site` */
export const getSite = keyed(async (context) => {
  const site = nameOf(context);
  const { env } = context;
  return answer(site, await freshSettings(env, site));
});

/** `PUT /analytics/sites/:site`: the settings as a whole. */
export const putSite = keyed(async (context) => {
  const { request, env } = context;
  const site = nameOf(context);
  const parsed = parseWith(SiteInput, await readJson(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  return answer(site, await saveSettings(env, site, parsed.value));
}, "admin");
