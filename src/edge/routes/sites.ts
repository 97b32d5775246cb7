import { type Env, isDevelopment } from "../../bindings";
import { NoQuery } from "../../core/api/analytics";
import { namedHosts, targetFault } from "../../core/leads/target";
import { freshSettings, knownSites, saveSettings, settingsText } from "../../ops/site-settings";
import { SiteName } from "../../protocol/fields";
import { fromRefusal, Problem } from "../../protocol/problem";
import { SiteInput, type SiteSettings } from "../../protocol/site";
import { parseWith } from "../../protocol/track";
import { type Webhook, withoutSecrets, withSecrets } from "../../protocol/webhook";
import { belowOf } from "../http/arrive";
import { seesSite } from "../http/auth";
import { readJson } from "../http/body";
import type { KeyedContext } from "../http/context-keyed";
import { keyed, requireAllSites } from "../http/keyed";
import { FILES } from "../http/neutral-names";
import { readQuery } from "../http/query";

/** A site's settings as ASCII JSON: they travel to their object in one header, and the platform takes 128 KB of those. */
const SITE_MAX_SETTINGS_BYTES = 64 * 1024;

function nameOf({ params, caller }: KeyedContext): string {
  const name = SiteName.safeParse(params["site"]);
  if (name.success && seesSite(caller, name.data)) return name.data;
  throw new Problem("not_found", "No site can have this name.");
}

/** Where a page's tag finds the tracker below `INGEST_PREFIX`; nothing without one. */
function scriptPath(env: Env): { script_path?: string } {
  const below = belowOf(env);
  return below ? { script_path: `${below}/${FILES["tracker.js"]}` } : {};
}

const answer = (env: Env, site: string, settings: SiteSettings): Response =>
  Response.json(
    { data: { site, ...settings, webhooks: withoutSecrets(settings.webhooks) }, ...scriptPath(env) },
    { headers: { "Cache-Control": "no-store" } },
  );

/** `GET /analytics/sites`: the names of the sites that the key sees. Whatever was never set is `default` alone. */
export const getSites = keyed(async (context) => {
  readQuery(NoQuery, context);
  const { env, caller } = context;
  const names = new Set(["default", ...(await knownSites(env)), ...(caller.sites ?? [])]);
  const data = [...names].filter((site) => seesSite(caller, site)).map((site) => ({ site }));
  const body = { data, next_cursor: null, ...scriptPath(env) };
  return Response.json(body, { headers: { "Cache-Control": "no-store" } });
});

/** `GET /analytics/sites/:site` */
export const getSite = keyed(async (context) => {
  const site = nameOf(context);
  const { env } = context;
  return answer(env, site, await freshSettings(env, site));
});

/** `PUT /analytics/sites/:site`: the settings as a whole. */
export const putSite = keyed(async (context) => {
  const { request, env } = context;
  const site = nameOf(context);
  const parsed = parseWith(SiteInput, await readJson(request));
  if (!parsed.ok) throw fromRefusal(parsed.refusal);
  const { webhooks: before, identity_group } = await freshSettings(env, site);
  // What a group counts is of all its sites: joining one is not for who may see this one alone.
  if (parsed.value.identity_group !== identity_group) requireAllSites(context.caller);
  const webhooks = checkedWebhooks(env, parsed.value.webhooks, before);
  const settings = { ...parsed.value, webhooks };
  if (settingsText(settings).length > SITE_MAX_SETTINGS_BYTES) {
    throw new Problem(
      "too_large",
      `A site's settings may have at most ${SITE_MAX_SETTINGS_BYTES} bytes as ASCII JSON.`,
    );
  }
  await reviveChanged(env, site, webhooks, before);
  return answer(env, site, await saveSettings(env, site, settings));
}, "admin");

const invalid = (path: string, message: string): Problem =>
  new Problem("invalid_body", `${path}: ${message}`, { errors: [{ path, message }] });

/** Endpoints that may be called, with the secrets they had where they came back as they were shown. */
function checkedWebhooks(env: Env, webhooks: readonly Webhook[], before: readonly Webhook[]): Webhook[] {
  const named = namedHosts(env.WEBHOOK_HOSTS);
  for (const [i, { url }] of webhooks.entries()) {
    const fault = targetFault(url, isDevelopment(env), named);
    if (fault) throw invalid(`webhooks.${i}.url`, fault);
  }
  const complete = withSecrets(webhooks, before);
  if (!complete.ok) throw invalid(complete.path, "is no secret of this endpoint");
  return complete.webhooks;
}

/** What an endpoint's old address said, 410 for one, is nothing that its new one has said. */
async function reviveChanged(
  env: Env,
  site: string,
  webhooks: readonly Webhook[],
  before: readonly Webhook[],
): Promise<void> {
  const known = new Map(before.map((webhook) => [webhook.id, webhook]));
  for (const { id, url, enabled } of webhooks) {
    const old = known.get(id);
    if (!old || (old.url === url && (old.enabled || !enabled))) continue;
    await env.ENDPOINT.getByName(`${site}/${id}`).reset(site, id);
  }
}
