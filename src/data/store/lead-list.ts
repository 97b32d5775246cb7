import type { DeliveriesQuery, DeliveryAnswer, LeadsQuery, LeadValuesQuery } from "../../core/api/leads";
import type { Contact, Evidence, Outcome } from "../../core/leads/lead";
import { searchedText } from "../../core/leads/search";
import { SCORES } from "../../core/scoring/ledger";
import { cutPage, pageEnd } from "./page";

/** Reading D1's leads, submissions and deliveries. */

interface LeadRow extends Omit<Contact, "fields"> {
  lead_id: string;
  site: string;
  status: string;
  created_at: number;
  opened_at: number;
  last_submission_at: number;
  submissions: number;
  fields: string;
  session_id: string | null;
  visitor_id: string | null;
  label: string | null;
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  evidence: string;
  crm_id: string | null;
  crm_at: number | null;
}

/** A lead as the API shows it. */
export type Lead = ReturnType<typeof toLead>;

function toLead({ fields, evidence, engagement, bot, vpn, risk, ...row }: LeadRow) {
  return {
    ...row,
    fields: JSON.parse(fields) as Contact["fields"],
    scores: { engagement, bot, vpn, risk },
    evidence: JSON.parse(evidence) as Evidence,
  };
}

/** A place in a list, newest first: the last row of a page. */
export interface LeadPlace {
  created_at: number;
  id: string;
}

type Condition = [sql: string, ...values: (string | number)[]];
type Range = { from: number; to: number };

const given = (sql: string, value: string | number | undefined): Condition[] =>
  value === undefined ? [] : [[sql, value]];

/** What a honeypot caught is no lead; what the CRM calls spam is one. */
const IS_LEAD = "(leads.status <> 'spam' OR leads.crm_at IS NOT NULL)";

/**
 * Whether any of a lead's submits contains a text. Not by LIKE: D1 takes patterns of at most 50 bytes, and % and _ would have to be
 * escaped.
 */
const SAYS = `EXISTS (SELECT 1 FROM lead_submissions AS said
  WHERE said.lead_id = leads.lead_id AND instr(said.search, ?) > 0)`;

function leadConditions(query: LeadsQuery, { from, to }: Range): Condition[] {
  return [
    ["leads.created_at >= ?", from],
    ["leads.created_at < ?", to],
    // What is no lead is listed only if its status is asked for.
    ...(query.status === undefined ? [[IS_LEAD] satisfies Condition] : []),
    ...(["site", "project", "source", "status", "label", "session_id"] as const).flatMap((name) =>
      given(`leads.${name} = ?`, query[name]),
    ),
    ...SCORES.flatMap((score) => [
      ...given(`leads.${score} >= ?`, query[`min_${score}`]),
      ...given(`leads.${score} <= ?`, query[`max_${score}`]),
    ]),
    ...given(SAYS, query.q === undefined ? undefined : searchedText(query.q)),
  ];
}

/** A session's visitor is read from its row, where it can be withdrawn. The lead's own counts only if there is none. */
const LEADS = `SELECT leads.*, coalesce(sessions.visitor_id, leads.visitor_id) AS visitor_id
  FROM leads LEFT JOIN sessions ON sessions.session_id = leads.session_id`;

/** One page of leads, newest first. */
export async function listLeads(
  db: D1Database,
  query: LeadsQuery,
  range: Range,
  before: LeadPlace | null,
  limit: number,
): Promise<{ leads: Lead[]; next: LeadPlace | null }> {
  const where = leadConditions(query, { ...range, to: pageEnd(range.to, before?.created_at) });
  if (before) where.push(["(leads.created_at, leads.lead_id) < (?, ?)", before.created_at, before.id]);
  const sql = where.map(([condition]) => condition).join(" AND ");
  const { results } = await db
    .prepare(`${LEADS} WHERE ${sql} ORDER BY leads.created_at DESC, leads.lead_id DESC LIMIT ?`)
    .bind(...where.flatMap(([, ...values]) => values), limit + 1)
    .all<LeadRow>();
  const { page, last } = cutPage(results, limit);
  return { leads: page.map(toLead), next: last && { created_at: last.created_at, id: last.lead_id } };
}

/** The lead that a submit has become part of; null if there is no such submit. */
export async function leadIdOf(db: D1Database, submission_id: string): Promise<string | null> {
  const sql = "SELECT lead_id FROM lead_submissions WHERE submission_id = ?";
  return (await db.prepare(sql).bind(submission_id).first<{ lead_id: string }>())?.lead_id ?? null;
}

/** A lead by its id, or by the id of a submit that merged into it. */
export async function findLead(db: D1Database, id: string): Promise<Lead | null> {
  const row = await db
    .prepare(
      `${LEADS} WHERE leads.lead_id = coalesce((SELECT lead_id FROM lead_submissions WHERE submission_id = ?1), ?1)`,
    )
    .bind(id)
    .first<LeadRow>();
  return row && toLead(row);
}

export interface StoredSubmission {
  submission_id: string;
  received_at: number;
  outcome: Outcome;
  session_id: string | null;
  /** It has joined the lead by its email or phone alone: nothing shows that it is from the same person. */
  guest: boolean;
  contact: Contact;
  evidence: Evidence;
}

type StoredRow = Omit<StoredSubmission, "guest" | "contact" | "evidence"> & {
  guest: number;
  contact: string;
  evidence: string;
};

const SUBMISSION =
  "SELECT submission_id, received_at, outcome, session_id, guest, contact, evidence FROM lead_submissions";

const toSubmission = ({ guest, contact, evidence, ...row }: StoredRow): StoredSubmission => ({
  ...row,
  guest: guest === 1,
  contact: JSON.parse(contact) as Contact,
  evidence: JSON.parse(evidence) as Evidence,
});

/** One submit by its id, or an empty list. */
export async function findSubmission(db: D1Database, id: string): Promise<StoredSubmission[]> {
  const { results } = await db.prepare(`${SUBMISSION} WHERE submission_id = ?`).bind(id).all<StoredRow>();
  return results.map(toSubmission);
}

/** A place among a lead's submits: the last submit of a page. */
export type SubmitPlace = Pick<StoredSubmission, "received_at" | "outcome" | "submission_id">;

/**
 * At most `limit` of a lead's submits, oldest first, after a place. Within one millisecond the submit that made the lead comes
 * first.
 */
export async function listSubmissions(
  db: D1Database,
  lead_id: string,
  limit: number,
  after: SubmitPlace | null = null,
): Promise<StoredSubmission[]> {
  const from = after?.received_at ?? 0;
  const { results } = await db
    .prepare(
      `${SUBMISSION} WHERE lead_id = ?1 AND received_at >= ?2
         AND (received_at, outcome <> 'created', submission_id) > (?2, ?3, ?4)
       ORDER BY received_at, outcome <> 'created', submission_id LIMIT ?5`,
    )
    .bind(lead_id, from, after && after.outcome !== "created" ? 1 : 0, after?.submission_id ?? "", limit)
    .all<StoredRow>();
  return results.map(toSubmission);
}

/** Distinct values of a column among a range's leads, the most frequent first; at most 1,000. */
export async function leadValues(
  db: D1Database,
  column: "project" | "source",
  { site }: LeadValuesQuery,
  { from, to }: Range,
): Promise<{ value: string; leads: number; last_at: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT ${column} AS value, count(*) AS leads, max(created_at) AS last_at FROM leads
       WHERE created_at >= ? AND created_at < ? ${site === undefined ? "" : "AND site = ?"}
         AND ${column} IS NOT NULL AND ${column} <> '' AND ${IS_LEAD}
       GROUP BY ${column} ORDER BY leads DESC, value LIMIT 1000`,
    )
    .bind(from, to, ...(site === undefined ? [] : [site]))
    .all<{ value: string; leads: number; last_at: number }>();
  return results;
}

/** One page of deliveries, newest first. */
export async function listDeliveries(
  db: D1Database,
  query: DeliveriesQuery,
  { from, to }: Range,
  before: LeadPlace | null,
  limit: number,
): Promise<{ deliveries: DeliveryAnswer[]; next: LeadPlace | null }> {
  const where: Condition[] = [
    ...given("state = ?", query.state),
    ["created_at >= ?", from],
    ["created_at < ?", pageEnd(to, before?.created_at)],
    ...given("site = ?", query.site),
    ...given("endpoint_id = ?", query.endpoint),
    ...given("lead_id = ?", query.lead_id),
  ];
  if (before) where.push(["(created_at, delivery_id) < (?, ?)", before.created_at, before.id]);
  const sql = where.map(([condition]) => condition).join(" AND ");
  const { results } = await db
    .prepare(`SELECT * FROM deliveries WHERE ${sql} ORDER BY created_at DESC, delivery_id DESC LIMIT ?`)
    .bind(...where.flatMap(([, ...values]) => values), limit + 1)
    .all<DeliveryAnswer>();
  const { page, last } = cutPage(results, limit);
  return { deliveries: page, next: last && { created_at: last.created_at, id: last.delivery_id } };
}

export async function deliveriesOfLead(db: D1Database, lead_id: string, limit: number): Promise<DeliveryAnswer[]> {
  const { results } = await db
    .prepare("SELECT * FROM deliveries WHERE lead_id = ? ORDER BY seq LIMIT ?")
    .bind(lead_id, limit)
    .all<DeliveryAnswer>();
  return results;
}

/** The deliveries with these ids, as far as there are any. */
export async function findDeliveries(db: D1Database, ids: readonly string[]): Promise<DeliveryAnswer[]> {
  const { results } = await db
    .prepare(`SELECT deliveries.* FROM json_each(?) AS ids CROSS JOIN deliveries ON deliveries.delivery_id = ids.value`)
    .bind(JSON.stringify(ids))
    .all<DeliveryAnswer>();
  return results;
}

/** A site's dead letters, the oldest first. */
export async function oldestDead(
  db: D1Database,
  site: string,
  endpoint: string | undefined,
  limit: number,
): Promise<DeliveryAnswer[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM deliveries WHERE site = ? AND state = 'dead' ${endpoint === undefined ? "" : "AND endpoint_id = ?"}
       ORDER BY updated_at LIMIT ?`,
    )
    .bind(site, ...(endpoint === undefined ? [] : [endpoint]), limit)
    .all<DeliveryAnswer>();
  return results;
}
