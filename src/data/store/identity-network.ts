import { groupIn } from "../../core/identity/name";
import { type Edge, fingerprintRow, type IdentityRecord, isForgotten, type Work } from "../../core/identity/record";
import { piecesOf } from "./pieces";

/**
 * D1's `fingerprints` and `identity_network`, which only a group's shards write. Their column `site` holds the group: a site, or
 * `group:` and the name that sites share.
 */

/** A fingerprint to be written. */
export interface Change {
  key: string;
  record: IdentityRecord;
  work: Work;
}

/** A write that stalled and lands late changes nothing, and neither does a repeat: it bills no row. */
const UPSERT_FINGERPRINTS = `
  INSERT INTO fingerprints (fingerprint_id, site, first_seen_at, last_seen_at, sessions, ips, asns, countries)
  SELECT value ->> 'fingerprint_id', value ->> 'site', value ->> 'first_seen_at', value ->> 'last_seen_at',
    value ->> 'sessions', value ->> 'ips', value ->> 'asns', value ->> 'countries'
  FROM json_each(?1) WHERE TRUE
  ON CONFLICT (fingerprint_id, site) DO UPDATE SET last_seen_at = excluded.last_seen_at, sessions = excluded.sessions,
    ips = excluded.ips, asns = excluded.asns, countries = excluded.countries
  WHERE excluded.last_seen_at > fingerprints.last_seen_at OR (excluded.last_seen_at = fingerprints.last_seen_at AND
    (excluded.sessions, excluded.ips, excluded.asns, excluded.countries) <>
    (fingerprints.sessions, fingerprints.ips, fingerprints.asns, fingerprints.countries))`;

const UPSERT_EDGES = `
  INSERT INTO identity_network (fingerprint_id, site, ip, asn, country, first_seen_at, last_seen_at)
  SELECT value ->> 'fingerprint_id', value ->> 'site', value ->> 'ip', value ->> 'asn', value ->> 'country',
    value ->> 'first_seen_at', value ->> 'last_seen_at'
  FROM json_each(?1) WHERE TRUE
  ON CONFLICT (fingerprint_id, site, ip, asn, country) DO UPDATE SET last_seen_at = excluded.last_seen_at
  WHERE excluded.last_seen_at > identity_network.last_seen_at`;

const DELETE_EDGES = `
  DELETE FROM identity_network WHERE (fingerprint_id, site, ip, asn, country) IN (SELECT value ->> 'fingerprint_id',
    value ->> 'site', value ->> 'ip', value ->> 'asn', value ->> 'country' FROM json_each(?1))`;

const NAMED = "(fingerprint_id, site) IN (SELECT value ->> 'fingerprint_id', value ->> 'site' FROM json_each(?1))";
const DELETE_FINGERPRINTS = [`DELETE FROM fingerprints WHERE ${NAMED}`, `DELETE FROM identity_network WHERE ${NAMED}`];

/** A fingerprint of a group, as both tables name it. */
interface Name {
  fingerprint_id: string;
  site: string;
}

/**
 * Brings D1 up to these records in one batch, however many they are: writes their rows and the places that changed, and deletes the
 * places that are gone and everything about forgotten identities. May be repeated.
 */
export async function writeFingerprints(db: D1Database, changes: readonly Change[]): Promise<void> {
  const forgotten = changes.filter(({ record }) => isForgotten(record));
  const kept = changes.filter(({ record }) => !isForgotten(record));
  const statements = [
    ...prepared(db, UPSERT_FINGERPRINTS, kept.map(rowOf)),
    ...prepared(db, UPSERT_EDGES, placesOf(kept, "changed")),
    ...prepared(db, DELETE_EDGES, placesOf(kept, "gone")),
    ...deletions(db, forgotten.map(nameOf)),
  ];
  if (statements.length > 0) await db.batch(statements);
}

/** Deletes everything about these fingerprints in their groups. May be repeated. */
export async function deleteFingerprints(
  db: D1Database,
  named: readonly { key: string; value: string }[],
): Promise<void> {
  const names = named.map(({ key, value }): Name => ({ fingerprint_id: value, site: groupIn(key) }));
  if (names.length > 0) await db.batch(deletions(db, names));
}

const deletions = (db: D1Database, names: readonly Name[]): D1PreparedStatement[] =>
  DELETE_FINGERPRINTS.flatMap((sql) => prepared(db, sql, names));

const prepared = (db: D1Database, sql: string, rows: readonly object[]): D1PreparedStatement[] =>
  piecesOf(rows).map((piece) => db.prepare(sql).bind(piece));

const nameOf = ({ key, record }: Pick<Change, "key" | "record">): Name => ({
  fingerprint_id: record.value,
  site: groupIn(key),
});

const rowOf = ({ key, record }: Change) => ({ ...fingerprintRow(record), site: groupIn(key) });

/** The changed or the gone places of all these changes, each with its fingerprint and group. */
function placesOf(changes: readonly Change[], kind: keyof Work): (Edge & Name)[] {
  return changes.flatMap((change) => change.work[kind].map((edge) => ({ ...edge, ...nameOf(change) })));
}
