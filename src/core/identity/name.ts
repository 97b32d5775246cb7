import type { IdentityKind } from "./record";

/**
 * How many objects hold the fingerprints of a site, and the addresses of all sites. An object takes some 200 writes a second. A
 * site begins at most 100 sessions a second, each with one or two questions, and all sites together some 3,000. Do not just change
 * these numbers: a row would be looked for in the wrong object. To raise one, let each session store the number that it asked by,
 * and ask by both numbers for as long as identities are kept.
 */
export const IDENTITY_SHARDS = 4;
export const ADDRESS_SHARDS = 16;

/**
 * The group that counts together: a site by itself, or all sites whose settings name the same `identity_group`. No site's name has
 * a colon, so the two never meet.
 */
export const groupOf = (site: string, shared: string | undefined): string =>
  shared === undefined ? site : `group:${shared}`;

/** The name that several sites share; null for a site that counts by itself. */
export const sharedBy = (group: string): string | null =>
  group.startsWith("group:") ? group.slice("group:".length) : null;

/** The text that an identity's hash is made of, the same for every site. */
export const identityName = (kind: IdentityKind, value: string): string => `${kind}:${value}`;

/** Where a group's identity is kept. Neither part tells the identity itself. */
export interface IdentityPlace {
  /** The object's name. */
  shard: string;
  /** Its row in there. */
  key: string;
}

type Ids = Pick<DurableObjectNamespace, "idFromName">;

/** Hex digits of an id that make a key: 128 bits. */
const DIGITS = 32;

/**
 * Fingerprints are in shards of their group. Addresses are in shards over all groups, because the counter that limits starts is of
 * all groups and has one writer. The runtime makes an object's id by a keyed hash, so a key does not tell what it is made from.
 */
export function placeOf(ids: Ids, kind: IdentityKind, value: string, group: string): IdentityPlace {
  const hash = ids.idFromName(identityName(kind, value)).toString().slice(0, DIGITS);
  const number = Number.parseInt(hash.slice(0, 8), 16);
  const shard =
    kind === "fingerprint"
      ? `fingerprints/${group}/${number % IDENTITY_SHARDS}`
      : `addresses/${number % ADDRESS_SHARDS}`;
  return { shard, key: `${hash}/${group}` };
}

/** The group that a row belongs to. */
export const groupIn = (key: string): string => key.slice(DIGITS + 1);

/** What all rows of one identity begin with, whatever their group. */
export const stemOf = (key: string): string => key.slice(0, DIGITS + 1);

/** A place as a session stores it. */
export const placeText = ({ shard, key }: IdentityPlace): string => `${shard} ${key}`;

export function readPlace(text: string): IdentityPlace {
  const [shard, key] = text.split(" ");
  if (shard === undefined || key === undefined) throw new Error("not a place of an identity");
  return { shard, key };
}
