import { readJson } from "../http/body";
import { fromRefusal, Problem } from "../http/problem";
import { freshSettings, saveSettings } from "../http/sites";
import { SiteName } from "../protocol/fields";
import { SiteInput, type SiteSettings } from "../protocol/site";
import { parseWith } from "../protocol/track";
import { keyed } from "./analytics";

function nameOf(text: string | undefined): string {
  const name = SiteName.safeParse(text);
  if (name.success) return name.data;
  throw new Problem("not_found", "No site can have this name.");
}

const answer = (site: string, settings: SiteSettings): Response =>
  Response.json({ data: { site, ...settings } }, { headers: { "Cache-Control": "no-store" } });

/** `GET /analytics/sites/:site` */
export const getSite = keyed(async ({ env, params }) => {
  const site = nameOf(params["site"]);
  return answer(site, await freshSettings(env, site));
});

/** `PUT /analytics/sites/:site`: the settings as a whole. */
export const putSite = keyed(async ({ request, env, params }) => {
  const site = nameOf(params["site"]);
  const parsed = parseWith(SiteInput, await readJson(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  return answer(site, await saveSettings(env, site, parsed.value));
});
