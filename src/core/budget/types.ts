import { SITE_MAX_TYPES } from "../../limits";
import { DAY_MS, type Day, dayOf } from "../../time";

/**
 * Of these as many may come first from one network (IPv4 /24, IPv6 /48): more than one visitor's pages bring that nobody else's
 * have, and so few that ten networks are needed to leave a site no room.
 */
export const SENDER_MAX_TYPES = 100;

/**
 * The custom event types of a site, and the day (UTC) each was last seen. With the bucket of the senders from whom it came
 * first: a type without one was brought by a server with a key, or is of before there were buckets. Pure.
 */
export type SiteTypes = Record<string, Day | [day: Day, bucket: number]>;

/** Many senders share one: it says of nobody who has sent something. */
export const TYPE_BUCKETS = 4_096;

const dayBefore = (day: Day): Day => dayOf(Date.parse(day) - DAY_MS);

const seenOn = (types: SiteTypes, name: string): Day => {
  const type = types[name] ?? "";
  return typeof type === "string" ? type : type[0];
};

/** How many of the types that were seen on `day` or the day before came first from this bucket. */
const countOf = (types: SiteTypes, bucket: number, day: Day): number =>
  Object.values(types).filter((type) => typeof type !== "string" && type[1] === bucket && type[0] >= dayBefore(day))
    .length;

/** Whether a bucket has brought as many types as it may. Null: a server with a key may bring all. */
export const isSpent = (types: SiteTypes, bucket: number | null, day: Day): boolean =>
  bucket !== null && countOf(types, bucket, day) >= SENDER_MAX_TYPES;

/**
 * Takes names in as far as there is room; those that were seen neither today nor yesterday make some. Which names have none,
 * and the list, another one if it has changed. `bucket`: of who sends them.
 */
export function admitTypes(
  known: SiteTypes,
  names: readonly string[],
  day: Day,
  bucket: number | null,
): { types: SiteTypes; refused: string[] } {
  const isKnown = (name: string): boolean => Object.hasOwn(known, name);
  const types: SiteTypes = { ...known };
  for (const name of names.filter(isKnown)) {
    const type = known[name];
    types[name] = typeof type === "object" ? [day, type[1]] : day;
  }
  const fresh = [...new Set(names)].filter((name) => !isKnown(name));
  const room = SITE_MAX_TYPES - Object.keys(types).length;
  const yesterday = dayBefore(day);
  const old = Object.keys(types).filter((name) => seenOn(types, name) < yesterday);
  const share = bucket === null ? fresh.length : Math.max(0, SENDER_MAX_TYPES - countOf(types, bucket, day));
  const taken = fresh.slice(0, Math.min(room + old.length, share));
  for (const name of old.slice(0, Math.max(0, taken.length - room))) delete types[name];
  for (const name of taken) types[name] = bucket === null ? day : [day, bucket];
  return { types, refused: fresh.slice(taken.length) };
}

export const isFull = (types: SiteTypes): boolean => Object.keys(types).length >= SITE_MAX_TYPES;
