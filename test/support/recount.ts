import { pageName } from "../../src/core/sources/page";
import { sourceOf } from "../../src/core/sources/source";
import { eventsOf, isOld, type MadeLead, type MadeSession, pageViewsOf } from "./rows";

/**
 * Aggregates counted again from the sessions themselves, in the plainest way there is. Promise P6 (ARCHITECTURE.md) is tested
 * against this.
 */

export type Chosen = (session: MadeSession) => boolean;

export const isBot = (session: MadeSession): boolean => session.label === "bot";

/** Ids of the sessions that leads came from. */
export type Led = ReadonlySet<string | null>;
export const ledOf = (leads: readonly MadeLead[]): Led => new Set(leads.map(({ session_id }) => session_id));

export const isBounce = (session: MadeSession, led: Led): boolean =>
  pageViewsOf(session) <= 1 &&
  session.engaged_ms < 10_000 &&
  !led.has(session.session_id) &&
  !Object.hasOwn(session.counts, "shop.add");
export const pagesOf = (session: MadeSession): string[] => [
  ...new Set([pageName(session.entry_page), ...Object.keys(session.views)]),
];

const total = (sessions: readonly MadeSession[], of: (session: MadeSession) => number): number =>
  sessions.reduce((sum, session) => sum + of(session), 0);

export const visitorsOf = (sessions: readonly MadeSession[]): number =>
  new Set(sessions.flatMap(({ visitor_id }) => (visitor_id === null ? [] : [visitor_id]))).size;

export const sumsOf = (sessions: readonly MadeSession[], led: Led) => ({
  sessions: sessions.length,
  events: total(sessions, eventsOf),
  page_views: total(sessions, pageViewsOf),
  bounces: sessions.filter((session) => isBounce(session, led)).length,
});

/** Sessions by each of their values. */
export function grouped(
  sessions: readonly MadeSession[],
  valuesOf: (session: MadeSession) => readonly (string | null)[],
): Map<string | null, MadeSession[]> {
  const groups = new Map<string | null, MadeSession[]>();
  for (const session of sessions) {
    for (const value of valuesOf(session)) groups.set(value, [...(groups.get(value) ?? []), session]);
  }
  return groups;
}

/**
 * Leads in [from, to): those of the sessions chosen, and, if `loose` says which of them, those whose session is not here.
 */
export function leadsOf(
  leads: readonly MadeLead[],
  all: readonly MadeSession[],
  chosen: readonly MadeSession[],
  loose: (lead: MadeLead) => boolean,
): number {
  const ids = new Set(chosen.map(({ session_id }) => session_id));
  const known = new Set(all.map(({ session_id }) => session_id));
  return leads.filter((lead) => ids.has(lead.session_id ?? "") || (!known.has(lead.session_id ?? "") && loose(lead)))
    .length;
}

export const referrerNames = ({ entry_page, referrer }: MadeSession): (string | null)[] => {
  const host = referrer && new URL(referrer).hostname.replace(/^www\./, "");
  return [host && host !== new URL(entry_page).hostname ? host : null];
};

export const sourceNames = (session: MadeSession): string[] => [sourceOf(session.entry_page, session.referrer).source];

/** A row from before there were channels says nothing about where its session came from. */
export const channelNames = (session: MadeSession): string[] => [
  isOld(session) ? "direct" : sourceOf(session.entry_page, session.referrer).channel,
];

export const mediumNames = (session: MadeSession): string[] => {
  const { medium } = sourceOf(session.entry_page, session.referrer);
  return medium === null || isOld(session) ? [] : [medium];
};

/** Views, sessions, entries and bounces of each page. */
export function pagesCounted(sessions: readonly MadeSession[], led: Led) {
  return new Map(
    [...grouped(sessions, pagesOf)].map(([page, those]) => {
      const entered = those.filter((session) => pageName(session.entry_page) === page);
      const views = total(those, (session) => session.views[page ?? ""] ?? 0);
      return [
        page,
        {
          views,
          sessions: those.length,
          entries: entered.length,
          bounces: entered.filter((session) => isBounce(session, led)).length,
        },
      ];
    }),
  );
}
