import type { Erasure } from "../../core/api/erasure";
import { keysOf } from "../../core/leads/identity";
import { timeOfSeq } from "../../core/session/entry";
import { DAY_MS, dayOf } from "../../time";
import { COUNTED } from "./leads";

/** D1's side of an erasure: finding whom it erases, deleting the rows, and the receipt. */

export interface SessionPlace {
  session_id: string;
  site: string;
  started_at: number;
  fingerprint_id: string | null;
  ip: string | null;
  /** As of this row, it claims a visitor whose secret it has not shown. */
  unproven: boolean;
}

const sitesOf = (sites: readonly string[] | null): string | null => sites && JSON.stringify(sites);
const IN_SITES = "(?2 IS NULL OR site IN (SELECT value FROM json_each(?2)))";

/** Up to `limit` of a visitor's sessions, oldest first, after a place. `sites` is null for every site. */
export async function sessionsOfVisitor(
  db: D1Database,
  visitor_id: string,
  sites: readonly string[] | null,
  limit: number,
  after: Pick<SessionPlace, "started_at" | "session_id"> = { started_at: 0, session_id: "" },
): Promise<SessionPlace[]> {
  const { results } = await db
    .prepare(
      `SELECT session_id, site, started_at, fingerprint_id, ip, detail ->> '$.unproven' AS unproven FROM sessions
       WHERE visitor_id = ?1 AND ${IN_SITES} AND started_at >= ?4 AND (started_at, session_id) > (?4, ?5)
       ORDER BY started_at, session_id LIMIT ?3`,
    )
    .bind(visitor_id, sitesOf(sites), limit, after.started_at, after.session_id)
    .all<Omit<SessionPlace, "unproven"> & { unproven: number | null }>();
  return results.map((row) => ({ ...row, unproven: row.unproven === 1 }));
}

/** All sessions of a visitor, `page` at a time. */
export async function* everySessionOf(
  db: D1Database,
  visitor_id: string,
  sites: readonly string[] | null,
  page: number,
): AsyncGenerator<SessionPlace> {
  for (let after: SessionPlace | undefined; ; ) {
    const some = await sessionsOfVisitor(db, visitor_id, sites, page, after);
    yield* some;
    after = some.at(-1);
    if (some.length < page) return;
  }
}

/**
 * Deletes a session's rows, whosever they are: its own actor calls this, and a rebuild that an erasure has overtaken. Its
 * conversions still count, as those of no session, until the lead itself is erased.
 */
export async function deleteSessionRows(
  db: D1Database,
  session_id: string,
): Promise<{ sessions: number; events: number }> {
  const [events, , sessions] = await db.batch([
    db.prepare("DELETE FROM events WHERE session_id = ?").bind(session_id),
    db.prepare("UPDATE lead_conversions SET session_id = NULL WHERE session_id = ?").bind(session_id),
    db.prepare("DELETE FROM sessions WHERE session_id = ?").bind(session_id),
  ]);
  return { sessions: sessions?.meta.changes ?? 0, events: events?.meta.changes ?? 0 };
}

/** Seqs of one life: `from` is the first, `to` is behind the last. */
export interface SeqRange {
  from: number;
  to: number;
}

/**
 * Deletes the rows of some lives of a session's id. `starts`: for each life a time on the day (UTC) on which it began, epoch ms.
 */
export async function deleteLifeRows(
  db: D1Database,
  session_id: string,
  ranges: readonly SeqRange[],
  starts: readonly number[],
): Promise<{ sessions: number; events: number }> {
  const seqs = JSON.stringify(ranges);
  // A submit has no seq in D1, so its time decides. A life's first seq stands for the second in which the life began.
  const times = JSON.stringify(ranges.map(({ from, to }) => ({ from: timeOfSeq(from), to: timeOfSeq(to) })));
  const days = JSON.stringify(starts.map((start) => Date.parse(dayOf(start))));
  const within = (column: string): string =>
    `EXISTS (SELECT 1 FROM json_each(?2) WHERE ${column} >= value ->> 'from' AND ${column} < value ->> 'to')`;
  const [events, , sessions] = await db.batch([
    db.prepare(`DELETE FROM events WHERE session_id = ?1 AND ${within("seq")}`).bind(session_id, seqs),
    db
      .prepare(`UPDATE lead_conversions SET session_id = NULL WHERE session_id = ?1 AND ${within("at")}`)
      .bind(session_id, times),
    db
      .prepare(
        `DELETE FROM sessions WHERE session_id = ?1
           AND started_at - started_at % ${DAY_MS} IN (SELECT value FROM json_each(?2))`,
      )
      .bind(session_id, days),
  ]);
  return { sessions: sessions?.meta.changes ?? 0, events: events?.meta.changes ?? 0 };
}

/**
 * Clears the names in a session's row, if it still names this visitor: its own actor calls this. Names that have no column are in
 * the row's detail.
 */
export async function unlinkSessionRow(db: D1Database, session_id: string, visitor_id: string): Promise<void> {
  await db
    .prepare(
      `UPDATE sessions SET visitor_id = NULL, fingerprint_id = NULL, ip = NULL, asn = NULL,
         detail = json_remove(detail, '$.device_id', '$.traits', '$.unproven')
       WHERE session_id = ? AND visitor_id = ?`,
    )
    .bind(session_id, visitor_id)
    .run();
}

/**
 * Whether any session that is left has this fingerprint or address, so that it is not one person's alone. `sites` is null for any
 * site.
 */
export async function isShared(
  db: D1Database,
  kind: "fingerprint" | "address",
  value: string,
  sites: readonly string[] | null,
): Promise<boolean> {
  const sql = {
    fingerprint: `SELECT 1 AS one FROM sessions WHERE fingerprint_id = ?1 AND ${IN_SITES} LIMIT 1`,
    address: `SELECT 1 AS one FROM sessions WHERE ip = ?1 AND ${IN_SITES} LIMIT 1`,
  }[kind];
  return (await db.prepare(sql).bind(value, sitesOf(sites)).first()) !== null;
}

/** Leads and submits from one of these sessions (?3), and those with one of these claims (?4). */
const BY_SESSION_OR_CLAIM = `SELECT lead_id FROM leads WHERE session_id IN (SELECT value FROM json_each(?3))
  UNION SELECT iif(guest, submission_id, lead_id) FROM lead_submissions WHERE session_id IN (SELECT value FROM json_each(?3))
  UNION SELECT lead_id FROM lead_claims WHERE key IN (SELECT value FROM json_each(?4)) AND ${IN_SITES}`;

/**
 * Leads of a visitor, or from one of these sessions. That includes leads into which a later submit from elsewhere has merged, and
 * which no longer say whose the first submit was. A submit that is a guest of another's lead is named by its own id.
 */
export async function leadsOf(
  db: D1Database,
  visitor_id: string,
  sites: readonly string[] | null,
  sessionIds: readonly string[],
): Promise<string[]> {
  const keys = await keysOf({ visitor_id, email: null, phone: null });
  const { results } = await db
    .prepare(
      `SELECT lead_id FROM leads WHERE visitor_id = ?1 AND ${IN_SITES}
       UNION ${BY_SESSION_OR_CLAIM}`,
    )
    .bind(visitor_id, sitesOf(sites), JSON.stringify(sessionIds), JSON.stringify(keys))
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

/** The keys of leads that claim to be a visitor's. */
export const claimedKeys = (visitor_id: string): Promise<string[]> =>
  keysOf({ visitor_id: null, claimed_id: visitor_id, email: null, phone: null });

/** Leads that claim to be a visitor's, or come from a session that does. */
export async function leadsClaiming(
  db: D1Database,
  visitor_id: string,
  sites: readonly string[] | null,
  sessionIds: readonly string[],
): Promise<string[]> {
  const { results } = await db
    .prepare(`${BY_SESSION_OR_CLAIM} ORDER BY lead_id`)
    .bind(null, sitesOf(sites), JSON.stringify(sessionIds), JSON.stringify(await claimedKeys(visitor_id)))
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

/** Whether a submit, or its lead, makes one of these claims. */
export async function hasClaims(db: D1Database, lead_id: string, keys: readonly string[]): Promise<boolean> {
  const sql = "SELECT 1 AS one FROM lead_claims WHERE lead_id = ? AND key IN (SELECT value FROM json_each(?)) LIMIT 1";
  return (await db.prepare(sql).bind(lead_id, JSON.stringify(keys)).first()) !== null;
}

/** Deletes claims of a submit, or of its lead, and returns how many: its own actor calls this. */
export async function deleteClaims(db: D1Database, lead_id: string, keys: readonly string[]): Promise<number> {
  const { meta } = await db
    .prepare("DELETE FROM lead_claims WHERE lead_id = ? AND key IN (SELECT value FROM json_each(?))")
    .bind(lead_id, JSON.stringify(keys))
    .run();
  return meta.changes;
}

/** Up to `limit` leads that claim one of the keys, in the order of their ids, after a place. `sites` is null for every site. */
export async function leadsByKeys(
  db: D1Database,
  keys: readonly string[],
  sites: readonly string[] | null,
  limit: number,
  after = "",
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT lead_id FROM lead_claims
       WHERE key IN (SELECT value FROM json_each(?1)) AND ${IN_SITES} AND lead_id > ?4 ORDER BY lead_id LIMIT ?3`,
    )
    .bind(JSON.stringify(keys), sitesOf(sites), limit, after)
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

/** The lead of which a submit is a guest; null if it is none. */
export async function hostOf(db: D1Database, submission_id: string): Promise<string | null> {
  const sql = "SELECT lead_id FROM lead_submissions WHERE submission_id = ? AND guest";
  return (await db.prepare(sql).bind(submission_id).first<{ lead_id: string }>())?.lead_id ?? null;
}

/** The leads that these submits have become part of. A guest is named by its own id. */
export async function leadsOfSubmits(db: D1Database, submissionIds: readonly string[]): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT iif(guest, submission_id, lead_id) AS lead_id FROM lead_submissions
       WHERE submission_id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(submissionIds))
    .all<{ lead_id: string }>();
  return results.map(({ lead_id }) => lead_id);
}

/** Up to `limit` submits of a lead, except the one that the lead is named after. Each has an actor of its own. */
export async function submissionsOf(db: D1Database, lead_id: string, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT submission_id FROM lead_submissions WHERE lead_id = ?1 AND submission_id <> ?1 LIMIT ?2")
    .bind(lead_id, limit)
    .all<{ submission_id: string }>();
  return results.map(({ submission_id }) => submission_id);
}

/** Makes a lead as if this guest had never been there, except that a lead which the guest has opened stays open. */
const LEAVE_HOST = `UPDATE leads SET ${COUNTED("leads.lead_id")},
  last_submission_at = (SELECT max(received_at) FROM lead_submissions WHERE lead_id = leads.lead_id) WHERE lead_id = ?`;
const WON = `(at, submission_id) IN (SELECT received_at, submission_id FROM lead_submissions WHERE submission_id = ?)`;

/**
 * Deletes the rows of a submit, and of the lead that it may have become: its own actor calls this. `keepConversion`: it still
 * counts that there was one. Other submits of the lead are deleted before it, by their own actors.
 */
export async function deleteLeadRows(
  db: D1Database,
  id: string,
  keepConversion: boolean,
): Promise<{ leads: number; deliveries: number }> {
  const host = await hostOf(db, id);
  const [leads, deliveries] = await db.batch([
    db.prepare("DELETE FROM leads WHERE lead_id = ?").bind(id),
    db.prepare("DELETE FROM deliveries WHERE lead_id = ?").bind(id),
    db.prepare("DELETE FROM lead_claims WHERE lead_id = ?").bind(id),
    ...(keepConversion ? [] : [db.prepare(`DELETE FROM lead_conversions WHERE ${WON}`).bind(id)]),
    db.prepare("DELETE FROM lead_submissions WHERE submission_id = ?").bind(id),
    ...(host === null ? [] : [db.prepare(LEAVE_HOST).bind(host)]),
  ]);
  return { leads: leads?.meta.changes ?? 0, deliveries: deliveries?.meta.changes ?? 0 };
}

interface Row {
  erasure_id: string;
  requested_at: number;
  completed_at: number | null;
  report: string;
}

/** Writes a receipt as it is now. It says what was erased, and nothing about whom. */
export async function saveErasure(db: D1Database, erasure: Erasure): Promise<void> {
  const { erasure_id, requested_at, completed_at, status: _, ...report } = erasure;
  await db
    .prepare(
      `INSERT INTO erasures (erasure_id, requested_at, completed_at, report) VALUES (?, ?, ?, ?)
       ON CONFLICT (erasure_id) DO UPDATE SET completed_at = excluded.completed_at, report = excluded.report`,
    )
    .bind(erasure_id, requested_at, completed_at, JSON.stringify(report))
    .run();
}

export async function findErasure(db: D1Database, erasure_id: string): Promise<Erasure | null> {
  const row = await db.prepare("SELECT * FROM erasures WHERE erasure_id = ?").bind(erasure_id).first<Row>();
  if (!row) return null;
  const { report, ...rest } = row;
  const status = row.completed_at === null ? "working" : "complete";
  return { ...rest, status, ...(JSON.parse(report) as Omit<Erasure, keyof Row | "status">) };
}
