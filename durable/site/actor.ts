import { createDurable } from "itty-durable";
import type { SiteSettings as Settings } from "../../src/protocol/site";
import type { TrailingSlash } from "../../src/protocol/values";

/**
 * The settings of every site: rarely written, read by the Worker once a minute and isolate. One object for all of them,
 * so that a made-up site name wakes nothing new and the list of sites needs no table of its own.
 *
 * itty-durable, within its limits: no `autoPersist` (it swallows failed saves), so the setter awaits its own; an empty
 * env (its constructor breaks on bindings it does not know); arguments as ASCII JSON text (they travel in a header).
 */
export class SiteSettings extends createDurable() {
  sites: Record<string, Settings> = {};

  constructor(state: DurableObjectState) {
    super(state, {});
  }

  read(site: string): Settings | null {
    return Object.hasOwn(this.sites, site) ? (this.sites[site] ?? null) : null;
  }

  /** Every site that has been set, by name. */
  known(): string[] {
    return Object.keys(this.sites).sort();
  }

  /** Sites that have somewhere to send an alert. */
  alerted(): string[] {
    return Object.entries(this.sites).flatMap(([site, { webhooks }]) =>
      webhooks?.some(({ enabled }) => enabled) ? [site] : [],
    );
  }

  /** Sites that limit for how many days leads are kept. */
  leadRetention(): [site: string, days: number][] {
    return Object.entries(this.sites).flatMap(([site, { lead_retention_days: days }]): [string, number][] =>
      days ? [[site, days]] : [],
    );
  }

  /** Every origin that one of the sites names as a dashboard of its own. */
  dashboards(): string[] {
    return [...new Set(Object.values(this.sites).flatMap(({ dashboard_origins }) => dashboard_origins ?? []))].sort();
  }

  /**
   * Every value of `trailing_slash` among the sites that have been set. If none has been set, `default` is the only site, with the
   * default value.
   */
  trailingSlashes(): TrailingSlash[] {
    const sites = Object.values(this.sites);
    return sites.length === 0 ? ["keep"] : [...new Set(sites.map((site) => site.trailing_slash ?? "keep"))];
  }

  /** Sites that share identities under a name. */
  identityGroup(name: string): string[] {
    return Object.entries(this.sites).flatMap(([site, { identity_group }]) => (identity_group === name ? [site] : []));
  }

  async save(site: string, settings: string): Promise<Settings> {
    const saved = JSON.parse(settings) as Settings;
    const before = this.sites;
    this.sites = { ...before, [site]: saved };
    try {
      await this.persist();
    } catch (error) {
      this.sites = before;
      throw error;
    }
    return saved;
  }
}
