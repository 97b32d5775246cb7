import type { IdentityKind } from "./record";

/**
 * Objects that hold the fingerprints of a site, and the addresses of all sites. An object takes some 200 writes a second; a
 * site begins at most 100 sessions a second, each with a question or two, and all sites together some 3,000. Not to be
 * changed as they are: a row would be looked for where it is not. Who needs more has sessions tell the number they asked by,
 * and asks by both for as long as identities are kept.
 */
export const IDENTITY_SHARDS = 4;
export const ADDRESS_SHARDS = 16;

/**
 * Who counts together: a site by itself, or all sites whose settings name the same `identity_group`. No name of a site has a
 * colon, so that the two never meet.
 */
export const groupOf = (site: string, shared: string | undefined): string =>
  shared === undefined ? site : `group:${shared}`;

/** The name that several sites share; null for a site that counts by itself. */
export const sharedBy = (group: string): string | null =>
  group.startsWith("group:") ? group.slice("group:".length) : null;

/** What an identity's hash is made of, whatever the site. */
export const identityName = (kind: IdentityKind, value: string): string => `${kind}:${value}`;

/** Where an identity of a group is kept. Neither part names anybody. */
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
 * Fingerprints are in shards of their group; addresses in shards over all groups, because the counter that limits starts is
 * of all of them and has one writer. An object's id is a hash keyed by the runtime: a key says nothing of what it is made
 * from.
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

/** Whose row it is. */
export const groupIn = (key: string): string => key.slice(DIGITS + 1);

/** What the rows of one identity begin with, whatever their group. */
export const stemOf = (key: string): string => key.slice(0, DIGITS + 1);

/** A place as a session remembers it. */
export const placeText = ({ shard, key }: IdentityPlace): string => `${shard} ${key}`;

export function readPlace(text: string): IdentityPlace {
  const [shard, key] = text.split(" ");
  if (shard === undefined || key === undefined) throw new Error("not a place of an identity");
  return { shard, key };
}
