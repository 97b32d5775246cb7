import type { Env } from "../bindings";
import type { KeyInput } from "../core/api/keys";
import { toBase64Url, toHex } from "../core/bytes";
import { isSameHash } from "../core/same-hash";
import { sha256 } from "../core/sha256";
import { findKey, insertKey, revokeKey, type StoredKey } from "../data/store/keys";
import { SECOND_MS } from "../time";
import { Cache } from "./cache";

/** How long an isolate remembers a key: a revoked key opens nothing after this. */
export const KEY_CACHE_MS = 60 * SECOND_MS;
/** Keys remembered per isolate, unknown ids too. Whoever invents ids pushes out other entries, and memory does not grow. */
const KEY_CACHE_ENTRIES = 1_000;

/** The id of the root key, which is revoked by setting another one. */
export const ROOT_KEY = "root";

/**
 * A key besides the root key is `pg_<id>_<secret>`. The id finds the row, then the SHA-256 of the whole key is compared: a
 * secret of 256 random bits needs no slow hash.
 */
const SHAPE = /^(pg_[0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

const cache = new Cache<StoredKey | null>(KEY_CACHE_ENTRIES);

const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

/** The stored key of the text `given`, if it is valid at `now` (epoch ms); else null. D1 errors are thrown. */
export async function keyOf({ DB }: Env, given: string, now: number): Promise<StoredKey | null> {
  const key_id = SHAPE.exec(given)?.[1];
  if (key_id === undefined) return null;
  let key = cache.get(key_id);
  if (key === undefined) {
    key = await findKey(DB, key_id);
    cache.set(key_id, key, KEY_CACHE_MS);
  }
  const hash = await sha256(given);
  if (!isOpen(key, now)) return null;
  return isSameHash(hash, key.hash) ? key : null;
}

const isOpen = (key: StoredKey | null, now: number): key is StoredKey =>
  key !== null && key.revoked_at === null && (key.expires_at === null || key.expires_at > now);

/** Whether a key is valid at `now` (epoch ms). Asks D1, past the isolate's memory. D1 errors are thrown. */
export const isKeyOpen = async ({ DB }: Pick<Env, "DB">, key_id: string, now: number): Promise<boolean> =>
  isOpen(await findKey(DB, key_id), now);

/** Makes a key. Only this answer holds its text. */
export async function makeKey({ DB }: Env, input: KeyInput, now: number): Promise<StoredKey & { key: string }> {
  const key_id = `pg_${toHex(random(8))}`;
  const key = `${key_id}_${toBase64Url(random(32))}`;
  const { name, scopes, sites = null, expires_at = null } = input;
  const hash = await sha256(key);
  const stored: StoredKey = { key_id, hash, name, scopes, sites, created_at: now, revoked_at: null, expires_at };
  await insertKey(DB, stored);
  // This isolate may remember that the id was unknown.
  cache.delete(key_id);
  return { ...stored, key };
}

/** Revokes a key: at once in this isolate, in the others within a minute. False if there is no such key. */
export async function dropKey({ DB }: Env, key_id: string, now: number): Promise<boolean> {
  const known = await revokeKey(DB, key_id, now);
  cache.delete(key_id);
  return known;
}
