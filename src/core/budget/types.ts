import { SITE_MAX_TYPES } from "../../limits";
import { DAY_MS, type Day, dayOf } from "../../time";

/**
 * How many custom event types may come first from one network (IPv4 /24, IPv6 /48). The pages of one visitor bring fewer new ones,
 * and it takes ten networks to leave a site no room.
 */
export const SENDER_MAX_TYPES = 100;

/**
 * The custom event types of a site, with the day (UTC) on which each was last seen, and the bucket of the sender that brought it
 * first. A type without a bucket was brought by a server with a key, or before there were buckets. Pure.
 */
export type SiteTypes = Record<string, Day | [day: Day, bucket: number]>;

/** How many buckets there are. Many senders share one, so it does not tell who has sent something. */
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

/** Whether a bucket has brought as many types as it may. Null: a server with a key, which has no such limit. */
export const isSpent = (types: SiteTypes, bucket: number | null, day: Day): boolean =>
  bucket !== null && countOf(types, bucket, day) >= SENDER_MAX_TYPES;

/**
 * Takes names in as far as there is room. Types that were seen neither today nor yesterday make room. Returns the new list and the
 * names without room. `bucket`: the sender's; null for a server with a key.
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
