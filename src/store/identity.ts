import { type Edge, fingerprintRow, type IdentityRecord } from "../identity/record";
import { IDENTITY_INLINE_SIGHTINGS } from "../limits";

/**
 * An identity actor's own storage: one value, so that a sighting is one billed row. The sightings of a crowd are one of their
 * own, written when they change: past the cap they do not, and are 60 KB. Every call is synchronous, and those of one turn
 * are one commit.
 */
export class IdentityStore {
  readonly #storage: DurableObjectStorage;
  /** The sightings that stand apart, as last read or written; null while they are in the record. */
  #apart: IdentityRecord["seen"] | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Null for an identity that nobody has been seen with; looking creates nothing. */
  read(): IdentityRecord | null {
    const text = this.#storage.kv.get<string>("record");
    if (text === undefined) return null;
    const { seen, ...record }: Omit<IdentityRecord, "seen"> & { seen?: IdentityRecord["seen"] } = JSON.parse(text);
    if (seen) return { ...record, seen };
    const apart: IdentityRecord["seen"] = JSON.parse(this.#storage.kv.get<string>("seen") ?? "[]");
    this.#apart = apart;
    return { ...record, seen: apart };
  }

  write(record: IdentityRecord): void {
    const { kv } = this.#storage;
    const { seen, ...rest } = record;
    const isCrowd = seen.length > IDENTITY_INLINE_SIGHTINGS;
    if (isCrowd && this.#apart !== seen) kv.put("seen", JSON.stringify(seen));
    // What a withdrawal took out of the record must not be left beside it.
    if (!isCrowd && this.#apart) kv.delete("seen");
    kv.put("record", JSON.stringify(isCrowd ? rest : record));
    this.#apart = isCrowd ? seen : null;
  }

  setAlarm(at: number): void {
    // A write that fails breaks the output gate: nothing sent after it leaves, and the object is reset.
    void this.#storage.setAlarm(at);
  }
}

// --- D1: `fingerprints` and `identity_network`, of which the fingerprint's actor is the only writer ------------------

/** Guarded by last_seen_at: a write that stalled and lands late changes nothing. */
const UPSERT_FINGERPRINT = `
  INSERT INTO fingerprints (fingerprint_id, first_seen_at, last_seen_at, sessions, ips, asns, countries)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (fingerprint_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, sessions = excluded.sessions,
    ips = excluded.ips, asns = excluded.asns, countries = excluded.countries
  WHERE excluded.last_seen_at >= fingerprints.last_seen_at`;

const UPSERT_EDGES = `
  INSERT INTO identity_network (fingerprint_id, ip, asn, country, first_seen_at, last_seen_at)
  SELECT ?1, value ->> 'ip', value ->> 'asn', value ->> 'country', value ->> 'first_seen_at', value ->> 'last_seen_at'
  FROM json_each(?2) WHERE TRUE
  ON CONFLICT (fingerprint_id, ip, asn, country) DO UPDATE SET last_seen_at = excluded.last_seen_at
  WHERE excluded.last_seen_at > identity_network.last_seen_at`;

const DELETE_EDGES = `
  DELETE FROM identity_network WHERE fingerprint_id = ?1 AND (ip, asn, country) IN
    (SELECT value ->> 'ip', value ->> 'asn', value ->> 'country' FROM json_each(?2))`;

/** Brings D1 up to the record: its row, the edges that changed, the edges that are gone. May be repeated at will. */
export function writeFingerprint(
  db: D1Database,
  record: IdentityRecord,
  changed: Edge[],
  gone: Edge[],
): Promise<unknown> {
  const row = fingerprintRow(record);
  const statements = [
    db
      .prepare(UPSERT_FINGERPRINT)
      .bind(row.fingerprint_id, row.first_seen_at, row.last_seen_at, row.sessions, row.ips, row.asns, row.countries),
  ];
  if (changed.length > 0) statements.push(db.prepare(UPSERT_EDGES).bind(record.value, JSON.stringify(changed)));
  if (gone.length > 0) statements.push(db.prepare(DELETE_EDGES).bind(record.value, JSON.stringify(gone)));
  return db.batch(statements);
}

export const deleteFingerprint = (db: D1Database, fingerprintId: string): Promise<unknown> =>
  db.batch([
    db.prepare("DELETE FROM fingerprints WHERE fingerprint_id = ?").bind(fingerprintId),
    db.prepare("DELETE FROM identity_network WHERE fingerprint_id = ?").bind(fingerprintId),
  ]);
