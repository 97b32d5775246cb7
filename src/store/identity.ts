import { type Edge, fingerprintRow, type IdentityRecord, type Place, placeOf, type Sighting } from "../identity/record";

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS identity (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL)",
  `CREATE TABLE IF NOT EXISTS sightings (session_id TEXT NOT NULL, ip TEXT NOT NULL, asn INTEGER NOT NULL,
     country TEXT NOT NULL, fingerprint_id TEXT, forms INTEGER NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (session_id, ip, asn, country)) WITHOUT ROWID`,
];

/** Distinct values of the window, straight from SQLite. */
type Window = {
  sessions: number;
  addresses: number;
  networks: number;
  countries: number;
  fingerprints: number;
  forms: number;
};

// The forms of a session are said with each of its places; the newest number is the highest.
const WINDOW = `
  WITH seen AS (SELECT * FROM sightings WHERE at > ?1)
  SELECT count(DISTINCT session_id) AS sessions, count(DISTINCT nullif(ip, '')) AS addresses,
         count(DISTINCT nullif(asn, 0)) AS networks, count(DISTINCT nullif(country, '')) AS countries,
         count(DISTINCT fingerprint_id) AS fingerprints,
         (SELECT coalesce(sum(forms), 0) FROM (SELECT max(forms) AS forms FROM seen GROUP BY session_id)) AS forms
  FROM seen`;

/** An identity actor's own SQLite: its record, and the sightings of the last two days. Every call is synchronous. */
export class IdentityStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Null for an identity that nobody has been seen with; looking creates nothing. */
  read(): IdentityRecord | null {
    const known = this.#rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'identity'");
    if (known.length === 0) return null;
    const [row] = this.#rows<{ record: string }>("SELECT record FROM identity WHERE id = 1");
    return row ? JSON.parse(row.record) : null;
  }

  create(): void {
    for (const statement of SCHEMA) this.#rows(statement);
  }

  write(record: IdentityRecord): void {
    this.#rows("INSERT OR REPLACE INTO identity (id, record) VALUES (1, ?)", JSON.stringify(record));
  }

  /** The places a session was seen at. */
  placesOf(sessionId: string): Place[] {
    return this.#rows<Place>("SELECT ip, asn, country FROM sightings WHERE session_id = ?", sessionId);
  }

  /** How many sightings there are, and the oldest one's time (epoch ms). */
  extent(): { sightings: number; oldest: number | null } {
    const query = "SELECT count(*) AS sightings, min(at) AS oldest FROM sightings";
    return this.#rows<{ sightings: number; oldest: number | null }>(query)[0] ?? { sightings: 0, oldest: null };
  }

  put(sighting: Sighting, at: number): void {
    const { ip, asn, country } = placeOf(sighting);
    this.#rows(
      `INSERT INTO sightings (session_id, ip, asn, country, fingerprint_id, forms, at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session_id, ip, asn, country) DO UPDATE SET forms = max(forms, excluded.forms), at = excluded.at,
         fingerprint_id = coalesce(excluded.fingerprint_id, fingerprint_id)`,
      ...[sighting.session_id, ip, asn, country, sighting.fingerprint_id, sighting.forms, at],
    );
  }

  window(after: number): Window {
    const none = { sessions: 0, addresses: 0, networks: 0, countries: 0, fingerprints: 0, forms: 0 };
    return this.#rows<Window>(WINDOW, after)[0] ?? none;
  }

  prune(before: number): void {
    this.#rows("DELETE FROM sightings WHERE at <= ?", before);
  }

  removeSession(sessionId: string): void {
    this.#rows("DELETE FROM sightings WHERE session_id = ?", sessionId);
  }

  transaction(step: () => void): void {
    this.#storage.transactionSync(step);
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): T[] {
    return this.#storage.sql.exec<T>(query, ...values).toArray();
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
