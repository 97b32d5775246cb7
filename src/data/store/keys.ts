import * as z from "zod";
import { type ApiKey, Scope } from "../../core/api/keys";
import { cutPage } from "./page";

/** D1's `api_keys`: what a key may do, and the SHA-256 of the key. The key itself is stored nowhere. */

export interface StoredKey extends ApiKey {
  /** SHA-256 of the whole key, hex. */
  hash: string;
}

interface ApiKeyRow {
  key_id: string;
  hash: string;
  name: string;
  scopes: string;
  sites: string | null;
  created_at: number;
  revoked_at: number | null;
  expires_at: number | null;
}

const Scopes = z.array(Scope);
const Sites = z.array(z.string());

const fromRow = ({ scopes, sites, ...row }: ApiKeyRow): StoredKey => ({
  ...row,
  scopes: Scopes.parse(JSON.parse(scopes)),
  sites: sites === null ? null : Sites.parse(JSON.parse(sites)),
});

export async function insertKey(db: D1Database, key: StoredKey): Promise<void> {
  const sites = key.sites && JSON.stringify(key.sites);
  await db
    .prepare(
      "INSERT INTO api_keys (key_id, hash, name, scopes, sites, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(key.key_id, key.hash, key.name, JSON.stringify(key.scopes), sites, key.created_at, key.expires_at)
    .run();
}

export async function findKey(db: D1Database, key_id: string): Promise<StoredKey | null> {
  const row = await db.prepare("SELECT * FROM api_keys WHERE key_id = ?").bind(key_id).first<ApiKeyRow>();
  return row && fromRow(row);
}

/** Newest first, revoked ones too. `before` is the last key of the page before. */
export async function listKeys(
  db: D1Database,
  before: { created_at: number; key_id: string } | null,
  limit: number,
): Promise<{ keys: ApiKey[]; last: ApiKey | null }> {
  const { results } = await db
    .prepare(`SELECT * FROM api_keys WHERE (created_at, key_id) < (?, ?) ORDER BY created_at DESC, key_id DESC LIMIT ?`)
    .bind(before?.created_at ?? Number.MAX_SAFE_INTEGER, before?.key_id ?? "", limit + 1)
    .all<ApiKeyRow>();
  const { page, last } = cutPage(
    results.map(fromRow).map(({ hash: _, ...key }) => key),
    limit,
  );
  return { keys: page, last };
}

/** Revoking twice keeps the first time. False when there is no such key. */
export async function revokeKey(db: D1Database, key_id: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare("UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE key_id = ?")
    .bind(now, key_id)
    .run();
  return meta.changes > 0;
}
