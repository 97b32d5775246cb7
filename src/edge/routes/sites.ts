import { type Env, isDevelopment } from "../../bindings";
import { NoQuery } from "../../core/api/analytics";
import { namedHosts, targetFault } from "../../core/leads/target";
import { freshSettings, knownSites, saveSettings, settingsText } from "../../ops/site-settings";
import { Problem, unwrap } from "../../protocol/problem";
import { SiteInput, type SiteSettings } from "../../protocol/site";
import { parseWith } from "../../protocol/track";
import { SiteName } from "../../protocol/values";
import { type Webhook, withoutSecrets, withSecrets } from "../../protocol/webhook";
import { belowOf } from "../http/arrive";
import { seesSite } from "../http/auth";
import { readJson } from "../http/body";
import type { KeyedContext } from "../http/context-keyed";
import { freshJson } from "../http/json";
import { keyed, requireAllSites } from "../http/keyed";
import { FILES } from "../http/neutral-names";
import { readQuery } from "../http/query";

/** A site's settings travel to their object as ASCII JSON in one header, and the platform takes 128 KB of headers. */
const SITE_MAX_SETTINGS_BYTES = 64 * 1024;

function nameOf({ params, caller }: KeyedContext): string {
  const name = SiteName.safeParse(params["site"]);
  if (name.success && seesSite(caller, name.data)) return name.data;
  throw new Problem("not_found", "No site can have this name.");
}

/** Adds where a page's tag finds the tracker, if that is below `INGEST_PREFIX`. */
function withScriptPath<Body extends object>(env: Env, body: Body): Body & { script_path?: string } {
  const below = belowOf(env);
  return below ? { ...body, script_path: `${below}/${FILES["tracker.js"]}` } : body;
}

function answer(env: Env, site: string, settings: SiteSettings): Response {
  const data = { site, ...settings, webhooks: withoutSecrets(settings.webhooks) };
  return freshJson(withScriptPath(env, { data }));
}

/** `GET /analytics/sites`: the names of the sites that the key sees. `default` is always among them, even if nobody set it. */
export const getSites = keyed(async (context) => {
  readQuery(NoQuery, context);
  const { env, caller } = context;
  const names = new Set(["default", ...(await knownSites(env)), ...(caller.sites ?? [])]);
  const data = [...names].filter((site) => seesSite(caller, site)).map((site) => ({ site }));
  return freshJson(withScriptPath(env, { data, next_cursor: null }));
});

/** `GET /analytics/sites/:site` */
export const getSite = keyed(async (context) => {
  const site = nameOf(context);
  const { env } = context;
  return answer(env, site, await freshSettings(env, site));
});

/** `PUT /analytics/sites/:site`: replaces all settings. */
export const putSite = keyed(async (context) => {
  const { request, env } = context;
  const site = nameOf(context);
  const input = unwrap(parseWith(SiteInput, await readJson(request)));
  const { webhooks: before, identity_group } = await freshSettings(env, site);
  // A group counts for all of its sites, so a key that is restricted to some may not join one.
  if (input.identity_group !== identity_group) requireAllSites(context.caller);
  const webhooks = checkedWebhooks(env, input.webhooks, before);
  const settings = { ...input, webhooks };
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

/** The endpoints to save. 400 if one may not be called. A secret that came back masked is the stored one. */
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

/** An endpoint with a new address starts afresh: a 410, for one, was said by the old address. */
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
