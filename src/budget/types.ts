import { type Day, dayOf } from "../day";
import { DAY_MS, SITE_MAX_TYPES } from "../limits";

/** The custom event types of a site, and the day (UTC) each was last seen. Pure. */
export type SiteTypes = Record<string, Day>;

const dayBefore = (day: Day): Day => dayOf(Date.parse(day) - DAY_MS);

/**
 * Takes names in as far as there is room; those that were seen neither today nor yesterday make some. Which names have none,
 * and the list, another one if it has changed.
 */
export function admitTypes(
  known: SiteTypes,
  names: readonly string[],
  day: Day,
): { types: SiteTypes; refused: string[] } {
  const isKnown = (name: string): boolean => Object.hasOwn(known, name);
  const types: SiteTypes = { ...known };
  for (const name of names.filter(isKnown)) types[name] = day;
  const fresh = [...new Set(names)].filter((name) => !isKnown(name));
  const room = SITE_MAX_TYPES - Object.keys(types).length;
  const yesterday = dayBefore(day);
  const old = Object.keys(types).filter((name) => (types[name] ?? "") < yesterday);
  const taken = fresh.slice(0, room + old.length);
  for (const name of old.slice(0, Math.max(0, taken.length - room))) delete types[name];
  for (const name of taken) types[name] = day;
  return { types, refused: fresh.slice(taken.length) };
}

export const isFull = (types: SiteTypes): boolean => Object.keys(types).length >= SITE_MAX_TYPES;
