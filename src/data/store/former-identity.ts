import type { IdentityRecord } from "../../core/identity/record";

/** What is left of objects of before there were shards: each held one fingerprint or address, of all sites together. */

/** As such an object stored it. */
export interface FormerRecord extends IdentityRecord {
  /** A write was given up and may still land. */
  uncertain: boolean;
}

/** Null for an object that holds none. A crowd's sightings stood beside the record. */
export function readFormer({ kv }: DurableObjectStorage): FormerRecord | null {
  const text = kv.get<string>("record");
  if (text === undefined) return null;
  const { seen, ...record }: Omit<FormerRecord, "seen"> & Partial<FormerRecord> = JSON.parse(text);
  return { ...record, seen: seen ?? JSON.parse(kv.get<string>("seen") ?? "[]") };
}

/** The sightings with the record: it only becomes smaller from now on. */
export function writeFormer({ kv }: DurableObjectStorage, record: FormerRecord): void {
  kv.delete("seen");
  kv.put("record", JSON.stringify(record));
}

/** What a shard has seen since is the shard's. */
const BEFORE = "fingerprint_id = ?1 AND last_seen_at <= ?2";

/** Places that rested on a session alone leave D1, whichever site they were carried over to. May be repeated. */
export const deleteFormerPlaces = (db: D1Database, { value, last_seen_at, gone }: FormerRecord): Promise<unknown> =>
  db
    .prepare(
      `DELETE FROM identity_network WHERE ${BEFORE} AND (ip, asn, country) IN
         (SELECT value ->> 'ip', value ->> 'asn', value ->> 'country' FROM json_each(?3))`,
    )
    .bind(value, last_seen_at, JSON.stringify(gone))
    .run();

/** All that such an object's fingerprint has in D1, but for what a shard has seen since. May be repeated. */
export const deleteFormerRows = (db: D1Database, fingerprint_id: string, lastSeenAt: number): Promise<unknown> =>
  db.batch(
    ["fingerprints", "identity_network"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE ${BEFORE}`).bind(fingerprint_id, lastSeenAt),
    ),
  );
