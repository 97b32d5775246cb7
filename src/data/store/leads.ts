import type { CrmWord } from "../../core/leads/crm-word";
import { type Claim, type ClaimKind, claimsOf, keysOf } from "../../core/leads/identity";
import type { Outcome, Submission } from "../../core/leads/lead";
import { searchText } from "../../core/leads/search";
import { CLOCK_SKEW_MS } from "../../limits";
import { HOUR_MS } from "../../time";

/** A submit within this time of its lead's opening merges into the lead. A later one opens the lead anew. The contract's number. */
export const LEAD_OPEN_MS = 24 * HOUR_MS;

/** D1's side of a lead. One transaction settles to which lead a submit belongs, and every statement may be repeated. */

/** Whether the lead `one` has made a claim of which `more` holds. */
const says = (more: string): string =>
  `EXISTS (SELECT 1 FROM lead_claims AS own WHERE own.lead_id = one.lead_id AND ${more})`;

/** Whether a lead has made a claim that the submit contradicts: another email, phone (placed in a country or not) or name. */
const CONTRADICTS = `
  (?10 AND ${says("own.kind = 'email'")})
  OR (?14 IS NOT NULL AND ${says("own.kind IN ('phone', 'typed')")} AND NOT ${says("own.key = ?14")})
  OR (?15 IS NOT NULL AND ${says("own.kind = 'name'")} AND NOT ${says("own.key = ?15")})`;

/**
 * The lead that claims a key, if no other does and the submit does not contradict it. Two rows are enough to see that there are
 * several.
 */
const onlyOne = (key: string): string => `(
  SELECT lead_id FROM (
    SELECT min(lead_id) AS lead_id FROM (SELECT lead_id FROM lead_claims WHERE key = ${key} AND site = ?2 LIMIT 2)
    HAVING count(*) = 1
  ) AS one WHERE NOT (${CONTRADICTS}))`;

/**
 * Whether a submit (?11: its visitor) joins a lead by its email or phone alone. Anybody can type those, so it is a guest there,
 * unless the lead knows the visitor or a key (?16) vouches for it.
 */
const IS_GUEST = `
  known.lead_id IS NOT NULL AND NOT ?16 AND NOT EXISTS (
    SELECT 1 FROM lead_claims AS own WHERE own.key = ?11 AND own.site = ?2 AND own.lead_id = known.lead_id)`;

/**
 * The claims decide to which lead a submit belongs, inside the transaction that makes the lead: of any number of submits at once
 * exactly one finds no claim. An email says who somebody is, and so does a phone if neither has an email (?9). Otherwise a phone
 * (?12) and then a visitor (?11) say it, if they are one person's: households share a number, and people share a device.
 */
const INSERT_SUBMISSION = `
  INSERT INTO lead_submissions (submission_id, lead_id, site, received_at, outcome, session_id, contact, evidence, search,
                                guest)
  SELECT ?1, coalesce(known.lead_id, ?1), ?2, ?3,
         CASE WHEN ?4 THEN 'spam' WHEN known.lead_id IS NULL THEN 'created'
              WHEN leads.opened_at > ?3 - ?5 THEN 'merged' ELSE 'reengaged' END,
         ?6, ?7, ?8, ?13, ${IS_GUEST}
  FROM (SELECT coalesce((SELECT lead_id FROM lead_claims WHERE key = ?9 AND site = ?2 LIMIT 1),
                        ${onlyOne("?12")}, ${onlyOne("?11")}) AS lead_id) AS known
  LEFT JOIN leads ON leads.lead_id = known.lead_id
  WHERE true ON CONFLICT (submission_id) DO NOTHING`;

/** A claim from before kinds were stored (`unknown`) gets its kind when it is made again. */
const INSERT_CLAIMS = `
  INSERT INTO lead_claims (key, site, lead_id, kind)
  SELECT claims.value ->> 'key', submissions.site, iif(guest, submission_id, submissions.lead_id), claims.value ->> 'kind'
  FROM lead_submissions AS submissions CROSS JOIN json_each(?2) AS claims
  WHERE submissions.submission_id = ?1 AND (claims.value ->> 'kind' = 'guest') = guest ON CONFLICT (key, site, lead_id) DO UPDATE SET kind = excluded.kind`;

/** A conversion stays with the submit that won it, which never changes. */
const INSERT_CONVERSION = `
  INSERT INTO lead_conversions (at, submission_id, site, session_id, label)
  SELECT received_at, submission_id, site, session_id, ?2 FROM lead_submissions
  WHERE submission_id = ?1 AND outcome IN ('created', 'reengaged') ON CONFLICT (at, submission_id) DO NOTHING`;

/** A lead shows the newest value that it was told. What a later submit leaves out or empty stays. */
const TOLD = [
  "name",
  "email",
  "email_class",
  "phone",
  "message",
  "project",
  "location",
  "team",
  "country_code",
] as const;
/** What brought the person keeps its first value. */
const WON = ["source", "keyword"] as const;
/** What the session said is set together, and comes from the first session that there was. */
const SEEN = ["session_id", "label", "engagement", "bot", "vpn", "risk", "evidence"] as const;

const IS_NEWER = "excluded.last_submission_at >= leads.last_submission_at";

const told = (column: string): string =>
  `${column} = CASE WHEN ${IS_NEWER} THEN coalesce(nullif(excluded.${column}, ''), leads.${column})
     ELSE coalesce(nullif(leads.${column}, ''), excluded.${column}) END`;

const won = (column: string): string => `${column} = coalesce(nullif(leads.${column}, ''), excluded.${column})`;

const seen = (column: string): string =>
  `${column} = iif(leads.session_id IS NULL AND excluded.session_id IS NOT NULL, excluded.${column}, leads.${column})`;

const marks = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `?${from + i}`).join(", ");

/** These are read from the submissions, so that a repeat adds nothing. */
export const COUNTED = (lead: string): string => `
    submissions = (SELECT count(*) FROM lead_submissions WHERE lead_id = ${lead}),
    opened_at = (SELECT max(received_at) FROM lead_submissions
                 WHERE lead_id = ${lead} AND outcome IN ('created', 'reengaged')),
    status = CASE WHEN coalesce(leads.crm_at, 0) < (SELECT max(received_at) FROM lead_submissions
                    WHERE lead_id = ${lead} AND outcome = 'reengaged') THEN 'open' ELSE leads.status END`;

/** What a guest changes of a lead: only that it was there. */
const COUNT_GUEST = `
  UPDATE leads SET last_submission_at = max(last_submission_at, guests.received_at), ${COUNTED("leads.lead_id")}
  FROM (SELECT lead_id, received_at FROM lead_submissions WHERE submission_id = ? AND guest) AS guests
  WHERE leads.lead_id = guests.lead_id`;

const UPSERT_LEAD = `
  INSERT INTO leads (lead_id, site, status, created_at, opened_at, last_submission_at, submissions, visitor_id, fields,
                     ${[...TOLD, ...WON, ...SEEN].join(", ")})
  SELECT lead_id, site, CASE outcome WHEN 'spam' THEN 'spam' ELSE 'open' END, received_at, received_at, received_at, 1,
         ?2, ?3, ${marks(4, TOLD.length + WON.length + SEEN.length)}
  FROM lead_submissions WHERE submission_id = ?1 AND NOT guest
  ON CONFLICT (lead_id) DO UPDATE SET
    ${[...TOLD.map(told), ...WON.map(won), ...SEEN.map(seen)].join(", ")},
    fields = CASE WHEN ${IS_NEWER} AND excluded.fields <> '{}' THEN excluded.fields ELSE leads.fields END,
    visitor_id = coalesce(leads.visitor_id, excluded.visitor_id),
    created_at = min(leads.created_at, excluded.created_at),
    last_submission_at = max(leads.last_submission_at, excluded.last_submission_at),
    ${COUNTED("excluded.lead_id")}`;

/** To which lead a submission belongs, and what it came to. */
export interface Claimed {
  lead_id: string;
  outcome: Outcome;
  /** It has joined a lead that learns nothing from it. Absent in older claims. */
  guest?: boolean;
}

export const writeClaims = (db: D1Database, submission_id: string, claims: readonly Claim[]): D1PreparedStatement =>
  db.prepare(INSERT_CLAIMS).bind(submission_id, JSON.stringify(claims));

export const writeConversion = (db: D1Database, submission_id: string, label: string | null): D1PreparedStatement =>
  db.prepare(INSERT_CONVERSION).bind(submission_id, label);

/** Writes what a submit says into the row of its lead; nothing if it is a guest. */
export function upsertLead(
  db: D1Database,
  {
    submission_id,
    visitor_id,
    contact,
    evidence,
  }: Pick<Submission, "submission_id" | "visitor_id" | "contact" | "evidence">,
): D1PreparedStatement {
  const { scores, label, session_id } = evidence;
  const { engagement, bot, vpn, risk } = scores;
  return db
    .prepare(UPSERT_LEAD)
    .bind(
      submission_id,
      visitor_id,
      JSON.stringify(contact.fields),
      ...[...TOLD, ...WON].map((column) => contact[column]),
      session_id,
      label,
      engagement,
      bot,
      vpn,
      risk,
      JSON.stringify(evidence),
    );
}

/**
 * Takes a submission into D1, and returns to which lead it belongs: one transaction, and the same answer however often it is asked.
 */
export async function claimLead(db: D1Database, submission: Submission): Promise<Claimed> {
  const { submission_id, site, received_at, contact, honeypot, evidence, claims } = submission;
  const keyOf = (...kinds: ClaimKind[]): string | null => claims.find(({ kind }) => kinds.includes(kind))?.key ?? null;
  const [, , , , , found] = await db.batch<Omit<Claimed, "guest"> & { guest: number }>([
    db.prepare(INSERT_SUBMISSION).bind(
      submission_id, // ?1
      site, // ?2
      received_at, // ?3
      honeypot ? 1 : 0, // ?4
      LEAD_OPEN_MS, // ?5
      evidence.session_id, // ?6
      JSON.stringify(contact), // ?7
      JSON.stringify(evidence), // ?8
      keyOf("email", "alone"), // ?9
      keyOf("email") === null ? 0 : 1, // ?10
      keyOf("visitor"), // ?11
      keyOf("phone"), // ?12
      searchText(contact), // ?13
      keyOf("phone", "typed"), // ?14
      keyOf("name"), // ?15
      submission.trusted ? 1 : 0, // ?16
    ),
    writeClaims(db, submission_id, claims),
    upsertLead(db, submission),
    db.prepare(COUNT_GUEST).bind(submission_id),
    writeConversion(db, submission_id, evidence.label),
    db.prepare("SELECT lead_id, outcome, guest FROM lead_submissions WHERE submission_id = ?").bind(submission_id),
  ]);
  const claim = found?.results[0];
  if (!claim) throw new Error("a submission that was written is not there");
  return { ...claim, guest: claim.guest === 1 };
}

/** The claims of a lead, or of a guest, that a submit (?1) has made with these keys (?2). */
const OWN_CLAIMS = `lead_id IN (SELECT iif(guest, submission_id, lead_id) FROM lead_submissions WHERE submission_id = ?1)
  AND key IN (SELECT value FROM json_each(?2))`;

/**
 * Called when the session has shown that a submit is from the visitor whom it claimed. The claim becomes the visitor's, so that an
 * export and an erasure find it. It joins no lead by that. If an erasure has removed the claim, nothing is written. May be
 * repeated.
 */
export async function settleClaims(db: D1Database, submission_id: string, visitor_id: string): Promise<void> {
  const nothing = { email: null, phone: null };
  const keys = JSON.stringify(await keysOf({ ...nothing, visitor_id: null, claimed_id: visitor_id }));
  const claim = db.prepare(`SELECT 1 AS one FROM lead_claims WHERE ${OWN_CLAIMS} LIMIT 1`).bind(submission_id, keys);
  if ((await claim.first()) === null) return;
  await db.batch([
    writeClaims(db, submission_id, await claimsOf({ ...nothing, visitor_id })),
    db
      .prepare(
        `UPDATE leads SET visitor_id = coalesce(visitor_id, ?2)
         WHERE lead_id IN (SELECT lead_id FROM lead_submissions WHERE submission_id = ?1 AND NOT guest)`,
      )
      .bind(submission_id, visitor_id),
    db.prepare(`DELETE FROM lead_claims WHERE ${OWN_CLAIMS}`).bind(submission_id, keys),
  ]);
}

/**
 * Writes what the CRM says. It replaces an older word, and one whose time lies ahead: some were stored before times were checked.
 */
export async function writeCrmWord(
  db: D1Database,
  lead_id: string,
  { crm_id, status, at }: CrmWord,
  now = Date.now(),
): Promise<void> {
  await db
    .prepare(
      `UPDATE leads SET crm_id = coalesce(?2, crm_id), status = ?3, crm_at = ?4
       WHERE lead_id = ?1 AND (coalesce(crm_at, 0) <= ?4 OR crm_at > ?5)`,
    )
    .bind(lead_id, crm_id, status, at, now + CLOCK_SKEW_MS)
    .run();
}

/** The visitor's newest session on a site, begun after `since`, that does not only claim to be theirs; null for none. */
export async function newestSession(
  db: D1Database,
  site: string,
  visitor_id: string,
  since: number,
): Promise<string | null> {
  const row = await db
    .prepare(
      `SELECT session_id FROM sessions WHERE visitor_id = ? AND started_at >= ? AND site = ?
         AND detail ->> '$.unproven' IS NULL ORDER BY started_at DESC LIMIT 1`,
    )
    .bind(visitor_id, since, site)
    .first<{ session_id: string }>();
  return row?.session_id ?? null;
}
