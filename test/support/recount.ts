import { pageName, sourceOf } from "../../src/session/source";
import { eventsOf, type MadeSession, pageViewsOf } from "./rows";

/** Aggregates counted again from the sessions themselves, in the plainest way there is: what P6 is held against. */

export type Chosen = (session: MadeSession) => boolean;

export const isBot = (session: MadeSession): boolean => session.label === "bot";
export const isBounce = (session: MadeSession): boolean => pageViewsOf(session) <= 1 && session.engaged_ms < 10_000;
export const pagesOf = (session: MadeSession): string[] => [
  ...new Set([pageName(session.entry_page), ...Object.keys(session.views)]),
];

const total = (sessions: readonly MadeSession[], of: (session: MadeSession) => number): number =>
  sessions.reduce((sum, session) => sum + of(session), 0);

export const visitorsOf = (sessions: readonly MadeSession[]): number =>
  new Set(sessions.flatMap(({ visitor_id }) => (visitor_id === null ? [] : [visitor_id]))).size;

export const sumsOf = (sessions: readonly MadeSession[]) => ({
  sessions: sessions.length,
  events: total(sessions, eventsOf),
  page_views: total(sessions, pageViewsOf),
  bounces: sessions.filter(isBounce).length,
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

export const sourceNames = (session: MadeSession): string[] => [sourceOf(session.entry_page, session.referrer).source];

/** Views, sessions, entries and bounces of each page. */
export function pagesCounted(sessions: readonly MadeSession[]) {
  return new Map(
    [...grouped(sessions, pagesOf)].map(([page, those]) => {
      const entered = those.filter((session) => pageName(session.entry_page) === page);
      const views = total(those, (session) => session.views[page ?? ""] ?? 0);
      return [
        page,
        { views, sessions: those.length, entries: entered.length, bounces: entered.filter(isBounce).length },
      ];
    }),
  );
}
