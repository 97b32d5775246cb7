import type { GraphPlace, Neighbour } from "../../core/identity/graph";
import type { Label } from "../../core/scoring/ledger";
import { FINGERPRINT_MAX_SESSIONS, FINGERPRINT_NEIGHBOUR_SESSIONS } from "../../limits";
import { cutPage, pageEnd } from "./page";
import { joinConditions, type SqlCondition } from "./session-conditions";

/**
 * Sessions that one call looks at for a page of fingerprints. If one farm has them all, the page is short, and the next call goes
 * on.
 */
export const FINGERPRINT_STEP_SESSIONS = 5_000;

/**
 * Looking up by fingerprint. What is shown comes from `sessions`, because only its rows name the site, and a withdrawal clears them
 * at once. Each statement reads a bounded number of rows.
 */

export interface FingerprintsAsked {
  from: number;
  to: number;
  site?: string | undefined;
  /** An address in every form in which it may be stored. */
  ips?: readonly string[] | undefined;
}

interface Figures {
  first_seen_at: number;
  last_seen_at: number;
  sessions: number;
  ips: number;
  asns: number;
  countries: number;
}

export type Fingerprint = ReturnType<typeof toFingerprint>;

export interface FingerprintPlace {
  started_at: number;
  session_id: string;
}

interface FingerprintRow {
  fingerprint_id: string;
  session_id: string;
  site: string;
  started_at: number;
  label: Label | null;
  country: string | null;
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  figures: string;
  known: string | null;
}

function toFingerprint(row: FingerprintRow) {
  const { fingerprint_id, session_id, site, started_at, label, country, engagement, bot, vpn, risk } = row;
  const figures = JSON.parse(row.figures) as Figures;
  return {
    fingerprint_id,
    ...figures,
    capped: figures.sessions >= FINGERPRINT_MAX_SESSIONS,
    known: row.known === null ? null : (JSON.parse(row.known) as Figures),
    latest: { session_id, site, started_at, label, country, scores: { engagement, bot, vpn, risk } },
  };
}

const ofSite = (column: string, { site }: FingerprintsAsked): SqlCondition[] =>
  site === undefined ? [] : [[`${column} = ?`, site]];

const ofAddress = (table: string, { ips }: FingerprintsAsked): SqlCondition[] =>
  ips === undefined ? [] : [[`${table}ip IN (${ips.map(() => "?").join(", ")})`, ...ips], [`${table}ip IS NOT NULL`]];

/**
 * The newest sessions of one fingerprint. It repeats `IS NOT NULL`, because SQLite uses a partial index only if its condition is
 * repeated.
 */
function sessionsOf(asked: FingerprintsAsked, columns: string, fingerprint: SqlCondition) {
  const { sql, values } = joinConditions([
    fingerprint,
    ["fingerprint_id IS NOT NULL"],
    ["started_at >= ?", asked.from],
    ["started_at < ?", asked.to],
    ...ofSite("site", asked),
  ]);
  const order = `ORDER BY started_at DESC LIMIT ${FINGERPRINT_MAX_SESSIONS}`;
  return { sql: `SELECT ${columns} FROM sessions WHERE ${sql} ${order}`, values };
}

/** As JSON, because a subquery may give only one value. */
const FIGURES = `json_object('first_seen_at', min(started_at), 'last_seen_at', max(last_event_at), 'sessions', count(*),
  'ips', count(DISTINCT ip), 'asns', count(DISTINCT asn), 'countries', count(DISTINCT country))`;

/** Different places of one kind in a fingerprint's rows. Places that several sites have in common count once. */
const placesKnown = (figure: string, place: string): string => `iif(count(*) = 1, max(${figure}),
  (SELECT count(DISTINCT nullif(${place})) FROM identity_network AS n WHERE n.fingerprint_id = f.fingerprint_id))`;

/**
 * What the shards have counted of a fingerprint, on the site that is asked about or on all. A site that shares identities has no
 * row of its own, because what is counted there is not its alone.
 */
const knownOf = (id: string, { site }: FingerprintsAsked): { sql: string; values: string[] } => ({
  sql: `(SELECT json_object('first_seen_at', min(first_seen_at), 'last_seen_at', max(last_seen_at),
      'sessions', sum(sessions), 'ips', ${placesKnown("ips", "n.ip, ''")}, 'asns', ${placesKnown("asns", "n.asn, 0")},
      'countries', ${placesKnown("countries", "n.country, ''")})
    FROM fingerprints AS f WHERE f.fingerprint_id = ${id}${site === undefined ? "" : " AND f.site = ?"} HAVING count(*) > 0)`,
  values: site === undefined ? [] : [site],
});

/** Exported for the test that reads its query plan. */
export function fingerprintsStatement(
  asked: FingerprintsAsked,
  range: { after: FingerprintPlace | null; down: FingerprintPlace | null },
  limit: number,
) {
  const { after, down } = range;
  // The newest session of each fingerprint stands for it. The list is in their order, so reading ends at the limit.
  const later = joinConditions([
    ["later.fingerprint_id = newest.fingerprint_id"],
    ["later.fingerprint_id IS NOT NULL"],
    ["later.started_at >= newest.started_at"],
    ["later.started_at < ?", asked.to],
    ["(later.started_at, later.session_id) > (newest.started_at, newest.session_id)"],
    ...ofSite("later.site", asked),
    // The + keeps SQLite from using the index on the address: a crowded address has thousands of sessions, a fingerprint a few.
    ...ofAddress("+later.", asked),
  ]);
  const newest = joinConditions([
    ...ofAddress("", asked),
    ["started_at >= ?", asked.from],
    ["started_at < ?", pageEnd(asked.to, after?.started_at)],
    ...(after ? [["(started_at, session_id) < (?, ?)", after.started_at, after.session_id] as const] : []),
    ...(down ? [["(started_at, session_id) >= (?, ?)", down.started_at, down.session_id] as const] : []),
    ["fingerprint_id IS NOT NULL"],
    ...ofSite("site", asked),
    [`NOT EXISTS (SELECT 1 FROM sessions AS later WHERE ${later.sql})`, ...later.values],
  ]);
  const own = sessionsOf(asked, "started_at, last_event_at, ip, asn, country", [
    "fingerprint_id = page.fingerprint_id",
  ]);
  const known = knownOf("page.fingerprint_id", asked);
  const sql = `
    SELECT page.*, (SELECT ${FIGURES} FROM (${own.sql})) AS figures, ${known.sql} AS known
    FROM (SELECT fingerprint_id, session_id, site, started_at, label, country, engagement, bot, vpn, risk
          FROM sessions AS newest WHERE ${newest.sql} ORDER BY started_at DESC, session_id DESC LIMIT ?) AS page`;
  return { sql, values: [...own.values, ...known.values, ...newest.values, limit] };
}

/**
 * One page; the fingerprint that was seen last comes first. A page may be short without being the last, because a call looks at a
 * limited number of sessions.
 */
export async function listFingerprints(
  db: D1Database,
  asked: FingerprintsAsked,
  after: FingerprintPlace | null,
  limit: number,
): Promise<{ fingerprints: Fingerprint[]; next: FingerprintPlace | null }> {
  const down = await endOfStep(db, asked, after);
  const { sql, values } = fingerprintsStatement(asked, { after, down }, limit + 1);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<FingerprintRow>();
  const { page, last } = cutPage(results, limit);
  const next = last ? { started_at: last.started_at, session_id: last.session_id } : down;
  return { fingerprints: page.map(toFingerprint), next };
}

/** The last session that a call looks at; null if it may look at all that there are. */
async function endOfStep(
  db: D1Database,
  asked: FingerprintsAsked,
  after: FingerprintPlace | null,
): Promise<FingerprintPlace | null> {
  const { sql, values } = joinConditions([
    ...ofAddress("", asked),
    ["started_at >= ?", asked.from],
    ["started_at < ?", pageEnd(asked.to, after?.started_at)],
    ...(after ? [["(started_at, session_id) < (?, ?)", after.started_at, after.session_id] as const] : []),
  ]);
  const statement = `SELECT started_at, session_id FROM sessions WHERE ${sql}
    ORDER BY started_at DESC, session_id DESC LIMIT 1 OFFSET ${FINGERPRINT_STEP_SESSIONS - 1}`;
  return db
    .prepare(statement)
    .bind(...values)
    .first<FingerprintPlace>();
}

export async function findFingerprint(
  db: D1Database,
  id: string,
  asked: FingerprintsAsked,
): Promise<(Fingerprint & { labels: Record<string, number>; visitors: number }) | null> {
  const { sql, values } = fingerprintStatement(id, asked);
  const row = await db
    .prepare(sql)
    .bind(...values)
    .first<FingerprintRow & { visitors: number; labels: string }>();
  if (!row) return null;
  return { ...toFingerprint(row), labels: JSON.parse(row.labels) as Record<string, number>, visitors: row.visitors };
}

/** Exported for the test that reads its query plan. */
export function fingerprintStatement(id: string, asked: FingerprintsAsked) {
  const columns = `fingerprint_id, session_id, site, started_at, last_event_at, ip, asn, country, label, visitor_id,
    engagement, bot, vpn, risk`;
  const own = sessionsOf(asked, columns, ["fingerprint_id = ?", id]);
  const known = knownOf("latest.fingerprint_id", asked);
  const sql = `
    WITH own AS MATERIALIZED (${own.sql})
    SELECT latest.*, (SELECT ${FIGURES} FROM own) AS figures, ${known.sql} AS known,
      (SELECT count(DISTINCT visitor_id) FROM own) AS visitors,
      (SELECT json_group_object(label, n) FROM (SELECT coalesce(label, 'none') AS label, count(*) AS n FROM own GROUP BY 1))
        AS labels
    FROM (SELECT fingerprint_id, session_id, site, started_at, label, country, engagement, bot, vpn, risk FROM own
          ORDER BY started_at DESC LIMIT 1) AS latest`;
  return { sql, values: [...own.values, ...known.values] };
}

/** Exported for the test that reads its query plan. */
export function placesStatement(id: string, asked: FingerprintsAsked) {
  const own = sessionsOf(asked, "started_at, last_event_at, ip, asn, country", ["fingerprint_id = ?", id]);
  const sql = `SELECT ip, asn, country, count(*) AS sessions, min(started_at) AS first_seen_at,
      max(last_event_at) AS last_seen_at
    FROM (${own.sql}) GROUP BY ip, asn, country ORDER BY sessions DESC, last_seen_at DESC`;
  return { sql, values: own.values };
}

/** Where a fingerprint's sessions were last, most sessions first. */
export async function placesOfSessions(db: D1Database, id: string, asked: FingerprintsAsked): Promise<GraphPlace[]> {
  const { sql, values } = placesStatement(id, asked);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<GraphPlace>();
  return results;
}

export const EDGES = `SELECT nullif(ip, '') AS ip, nullif(asn, 0) AS asn, nullif(country, '') AS country, 0 AS sessions,
    min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at
  FROM identity_network WHERE fingerprint_id = ?1 AND (?2 IS NULL OR site = ?2) GROUP BY ip, asn, country`;

/** Every place that its shards have noted, also those that a session only passed through; on one site, or on all. */
export async function placesOfShards(db: D1Database, id: string, { site }: FingerprintsAsked): Promise<GraphPlace[]> {
  const { results } = await db
    .prepare(EDGES)
    .bind(id, site ?? null)
    .all<GraphPlace>();
  return results;
}

/** Exported for the test that reads its query plan. */
export function neighboursStatement(id: string, ips: readonly string[], asked: FingerprintsAsked, limit: number) {
  const there = joinConditions([
    ["ip = a.value"],
    ["ip IS NOT NULL"],
    ["started_at >= ?", asked.from],
    ["started_at < ?", asked.to],
    ...ofSite("site", asked),
  ]);
  const sql = `
    SELECT ip, fingerprint_id, count(*) AS sessions, min(started_at) AS first_seen_at, max(last_event_at) AS last_seen_at
    FROM json_each(?) AS a CROSS JOIN sessions AS s ON s.session_id IN (
      SELECT session_id FROM sessions WHERE ${there.sql}
      ORDER BY started_at DESC LIMIT ${FINGERPRINT_NEIGHBOUR_SESSIONS})
    WHERE fingerprint_id <> ? GROUP BY ip, fingerprint_id ORDER BY sessions DESC, last_seen_at DESC LIMIT ?`;
  return { sql, values: [JSON.stringify(ips), ...there.values, id, limit] };
}

/** Who else was on these addresses lately, most sessions first. */
export async function neighboursOn(
  db: D1Database,
  id: string,
  ips: readonly string[],
  asked: FingerprintsAsked,
  limit: number,
): Promise<Neighbour[]> {
  if (ips.length === 0) return [];
  const { sql, values } = neighboursStatement(id, ips, asked, limit);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<Neighbour>();
  return results;
}
