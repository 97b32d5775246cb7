import { proxyDurable } from "itty-durable";
import { type Env, isDevelopment } from "../bindings";
import { sharedBy } from "../core/identity/name";
import { SITE_CACHE_ENTRIES, SITE_RETRY_MS } from "../limits";
import type { TrailingSlash } from "../protocol/fields";
import { unavailable } from "../protocol/problem";
import { SiteInput, type SiteSettings } from "../protocol/site";
import { SECOND_MS } from "../time";

/** Site settings in the isolate. */
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

interface Cached {
  settings: SiteSettings;
  until: number;
}

const cache = new Map<string, Cached>();

const registry = (env: Pick<Env, "SITE">): SiteRegistry =>
  proxyDurable(env.SITE, { name: "SITE", parse: true }).get("sites") as SiteRegistry;

/** What holds for a site that nobody has set: in development every origin may send, elsewhere none. */
const defaults = (env: Env): SiteSettings => SiteInput.parse({ allowed_origins: isDevelopment(env) ? ["*"] : [] });

/** A site saved by an older version has the defaults of what it did not know. */
const complete = (env: Env, settings: SiteSettings | null): SiteSettings => ({ ...defaults(env), ...settings });

function remember(site: string, settings: SiteSettings, ttl: number): void {
  const oldest = cache.keys().next();
  if (cache.size >= SITE_CACHE_ENTRIES && !cache.has(site) && !oldest.done) cache.delete(oldest.value);
  cache.set(site, { settings, until: Date.now() + ttl });
}

/** A site's settings, at most a minute old. While they cannot be read the last known ones serve; without any it throws. */
export async function siteSettings(env: Env, site: string): Promise<SiteSettings> {
  const known = cache.get(site);
  if (known && known.until > Date.now()) return known.settings;
  try {
    const settings = complete(env, await registry(env).read(site));
    remember(site, settings, SITE_CACHE_MS);
    return settings;
  } catch {
    if (!known) throw unavailable("The site's settings could not be read.");
    remember(site, known.settings, SITE_RETRY_MS);
    return known.settings;
  }
}

/** Asks the object itself, past the cache. */
export const freshSettings = async (env: Env, site: string): Promise<SiteSettings> =>
  complete(env, await registry(env).read(site));

/** Every site that has been set, by name. */
export const knownSites = (env: Env): Promise<string[]> =>
  registry(env)
    .known()
    .catch(() => {
      throw unavailable("The sites could not be read.");
    });

/** Every way in which a site that has been set names its pages. */
export const trailingSlashes = (env: Env): Promise<TrailingSlash[]> =>
  registry(env)
    .trailingSlashes()
    .catch(() => {
      throw unavailable("The sites' settings could not be read.");
    });

/** Sites that have somewhere to send an alert. */
export const alertedSites = (env: Env): Promise<string[]> => registry(env).alerted();

/** Sites that keep leads for so many days only. */
export const leadRetention = (env: Pick<Env, "SITE">): Promise<[site: string, days: number][]> =>
  registry(env).leadRetention();

/** The sites of a group of `groupOf`, as they are now. */
export async function sitesIn(env: Pick<Env, "SITE">, group: string): Promise<string[]> {
  const name = sharedBy(group);
  return name === null ? [group] : registry(env).identityGroup(name);
}

let dashboards: { origins: string[]; until: number } = { origins: [], until: 0 };

/**
 * Origins whose pages may read the API from a browser: those that any site names. Which data they see, their key decides.
 * At most a minute old; while they cannot be read the last known ones serve.
 */
export async function dashboardOrigins(env: Env): Promise<readonly string[]> {
  if (dashboards.until > Date.now()) return dashboards.origins;
  try {
    dashboards = { origins: await registry(env).dashboards(), until: Date.now() + SITE_CACHE_MS };
  } catch {
    dashboards.until = Date.now() + SITE_RETRY_MS;
  }
  return dashboards.origins;
}

/** Takes effect at once in this isolate, in the others within a minute. */
export async function saveSettings(env: Env, site: string, settings: SiteSettings): Promise<SiteSettings> {
  const saved = await registry(env).save(site, settingsText(settings));
  remember(site, saved, SITE_CACHE_MS);
  dashboards.until = 0;
  return saved;
}

/** As they travel to their object. Header values hold Latin-1 at most; in JSON any character may be written as an escape. */
export const settingsText = (settings: SiteSettings): string =>
  JSON.stringify(settings).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** `Origin` against a list of allowed ones. */
export const originAllowed = (origin: string, allowed: readonly string[]): boolean =>
  allowed.some((entry) => entry === "*" || entry === origin);
