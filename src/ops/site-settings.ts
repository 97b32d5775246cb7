import { proxyDurable } from "itty-durable";
import { type Env, isDevelopment } from "../bindings";
import { sharedBy } from "../core/identity/name";
import { SITE_CACHE_ENTRIES, SITE_RETRY_MS } from "../limits";
import { unavailable } from "../protocol/problem";
import { SiteInput, type SiteSettings } from "../protocol/site";
import type { TrailingSlash } from "../protocol/values";
import { SECOND_MS } from "../time";
import { Cache } from "./cache";

/** How long an isolate remembers a site's settings. */
const SITE_CACHE_MS = 60 * SECOND_MS;

/** The methods of `durable/site/actor.ts`, as its proxy offers them. */
interface SiteRegistry {
  read(site: string): Promise<SiteSettings | null>;
  known(): Promise<string[]>;
  alerted(): Promise<string[]>;
  leadRetention(): Promise<[site: string, days: number][]>;
  dashboards(): Promise<string[]>;
  trailingSlashes(): Promise<TrailingSlash[]>;
  identityGroup(name: string): Promise<string[]>;
  save(site: string, settings: string): Promise<SiteSettings>;
}

/** By site. */
const cache = new Cache<SiteSettings>(SITE_CACHE_ENTRIES);
/** One entry, under the key `ALL`: the origins that any site names. */
const dashboards = new Cache<readonly string[]>(1);
const ALL = "";

const registry = (env: Pick<Env, "SITE">): SiteRegistry =>
  proxyDurable(env.SITE, { name: "SITE", parse: true }).get("sites") as SiteRegistry;

/** The settings of a site that nobody has set: in development every origin may send, elsewhere none. */
const defaults = (env: Env): SiteSettings => SiteInput.parse({ allowed_origins: isDevelopment(env) ? ["*"] : [] });

/** A site that an older version saved gets the defaults of the settings that version did not know. */
const complete = (env: Env, settings: SiteSettings | null): SiteSettings => ({ ...defaults(env), ...settings });

/** A site's settings, at most a minute old. If they cannot be read, the last known ones serve; without any, 503. */
export async function siteSettings(env: Env, site: string): Promise<SiteSettings> {
  const known = cache.get(site);
  if (known) return known;
  try {
    const settings = complete(env, await registry(env).read(site));
    cache.set(site, settings, SITE_CACHE_MS);
    return settings;
  } catch {
    const last = cache.last(site);
    if (!last) throw unavailable("The site's settings could not be read.");
    cache.set(site, last, SITE_RETRY_MS);
    return last;
  }
}

/** A site's settings from the object itself, past the cache. */
export const freshSettings = async (env: Env, site: string): Promise<SiteSettings> =>
  complete(env, await registry(env).read(site));

/** The names of all sites that have been set. */
export const knownSites = (env: Env): Promise<string[]> =>
  registry(env)
    .known()
    .catch(() => {
      throw unavailable("The sites could not be read.");
    });

/** The values of `trailing_slash` that occur among the sites. */
export const trailingSlashes = (env: Env): Promise<TrailingSlash[]> =>
  registry(env)
    .trailingSlashes()
    .catch(() => {
      throw unavailable("The sites' settings could not be read.");
    });

/** Sites that have a webhook for alerts. */
export const alertedSites = (env: Env): Promise<string[]> => registry(env).alerted();

/** Sites that keep leads for a number of days only. */
export const leadRetention = (env: Pick<Env, "SITE">): Promise<[site: string, days: number][]> =>
  registry(env).leadRetention();

/** The sites that are in a group of `groupOf` now. */
export async function sitesIn(env: Pick<Env, "SITE">, group: string): Promise<string[]> {
  const name = sharedBy(group);
  return name === null ? [group] : registry(env).identityGroup(name);
}

/**
 * Origins whose pages may read the API from a browser: those that any site names. The key decides which data they see.
 * At most a minute old; if they cannot be read, the last known ones serve.
 */
export async function dashboardOrigins(env: Env): Promise<readonly string[]> {
  const known = dashboards.get(ALL);
  if (known) return known;
  try {
    const origins = await registry(env).dashboards();
    dashboards.set(ALL, origins, SITE_CACHE_MS);
    return origins;
  } catch {
    const last = dashboards.last(ALL) ?? [];
    dashboards.set(ALL, last, SITE_RETRY_MS);
    return last;
  }
}

/** Takes effect at once in this isolate, in the others within a minute. */
export async function saveSettings(env: Env, site: string, settings: SiteSettings): Promise<SiteSettings> {
  const saved = await registry(env).save(site, settingsText(settings));
  cache.set(site, saved, SITE_CACHE_MS);
  dashboards.expire(ALL);
  return saved;
}

/**
 * Settings as they travel to their object, in a header. Header values hold Latin-1 at most, so the rest is written as JSON escapes.
 */
export const settingsText = (settings: SiteSettings): string =>
  JSON.stringify(settings).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Whether `Origin` is one of the allowed ones. */
export const originAllowed = (origin: string, allowed: readonly string[]): boolean =>
  allowed.some((entry) => entry === "*" || entry === origin);
