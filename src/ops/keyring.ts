import type { Env } from "../bindings";
import type { KeyInput } from "../core/api/keys";
import { sha256 } from "../core/sha256";
import { findKey, insertKey, revokeKey, type StoredKey } from "../data/store/keys";
import { SECOND_MS } from "../time";
import { Cache } from "./cache";

/** API keys in the isolate: one that is revoked opens nothing after this. */
export const KEY_CACHE_MS = 60 * SECOND_MS;
/** Keys remembered per isolate, unknown ids too: who invents ids pushes out others' entries, and memory stays. */
const KEY_CACHE_ENTRIES = 1_000;

/** Stands for the root key: it is revoked by putting another. */
export const ROOT_KEY = "root";

/**
 * Keys besides the root key: `pg_<id>_<secret>`. The id finds the row, the SHA-256 of the whole key is compared; a
 * secret of 256 random bits needs no slow hash. Revoked ones open nothing after a minute at most: an isolate remembers
 * what it read no longer than that.
 */
const SHAPE = /^(pg_[0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

const cache = new Cache<StoredKey | null>(KEY_CACHE_ENTRIES);

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The key that `given` is, if it is one that opens something at `now` (epoch ms). D1 errors are thrown. */
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
  return crypto.subtle.timingSafeEqual(bytesOf(hash), bytesOf(key.hash)) ? key : null;
}

const isOpen = (key: StoredKey | null, now: number): key is StoredKey =>
  key !== null && key.revoked_at === null && (key.expires_at === null || key.expires_at > now);

/** Whether a key opens something at `now` (epoch ms), by D1's word of this moment. D1 errors are thrown. */
export const isKeyOpen = async ({ DB }: Pick<Env, "DB">, key_id: string, now: number): Promise<boolean> =>
  isOpen(await findKey(DB, key_id), now);

/** Makes a key. Its text is in the answer and nowhere else. */
export async function makeKey({ DB }: Env, input: KeyInput, now: number): Promise<StoredKey & { key: string }> {
  const key_id = `pg_${hex(random(8))}`;
  const secret = btoa(String.fromCharCode(...random(32)));
  const key = `${key_id}_${secret.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  const { name, scopes, sites = null, expires_at = null } = input;
  const hash = await sha256(key);
  const stored: StoredKey = { key_id, hash, name, scopes, sites, created_at: now, revoked_at: null, expires_at };
  await insertKey(DB, stored);
  // An isolate may have been asked for this id before it was there.
  cache.delete(key_id);
  return { ...stored, key };
}

/** At once in this isolate, in the others within a minute. */
export async function dropKey({ DB }: Env, key_id: string, now: number): Promise<boolean> {
  const known = await revokeKey(DB, key_id, now);
  cache.delete(key_id);
  return known;
}
