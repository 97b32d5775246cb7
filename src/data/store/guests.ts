import type { Claim } from "../../core/leads/identity";
import type { Contact, Evidence } from "../../core/leads/lead";
import { upsertLead, writeClaims, writeConversion } from "./leads";

/** Submits that are guests of a lead, in D1. They stay when the lead is erased. */

export interface Guest {
  submission_id: string;
  site: string;
  contact: Contact;
  evidence: Evidence;
  /** The visitor that its session names; null if it has no session, or one that names none any more. */
  visitor_id: string | null;
  /** The session has not shown that it is this visitor's, and another may. */
  is_claim: boolean;
}

interface GuestRow extends Pick<Guest, "submission_id" | "site" | "visitor_id"> {
  contact: string;
  evidence: string;
  unproven: number | null;
}

/** The oldest guest of a lead; null without any. */
export async function firstGuest(db: D1Database, lead_id: string): Promise<Guest | null> {
  const row = await db
    .prepare(
      `SELECT said.submission_id, said.site, said.contact, said.evidence, sessions.visitor_id,
         sessions.detail ->> '$.unproven' AS unproven
       FROM lead_submissions AS said LEFT JOIN sessions ON sessions.session_id = said.session_id
       WHERE said.lead_id = ? AND said.guest ORDER BY said.received_at, said.submission_id LIMIT 1`,
    )
    .bind(lead_id)
    .first<GuestRow>();
  if (!row) return null;
  const { contact, evidence, unproven, ...guest } = row;
  return { ...guest, is_claim: unproven === 1, contact: JSON.parse(contact), evidence: JSON.parse(evidence) };
}

const RECOUNT = `UPDATE leads SET (submissions, last_submission_at) =
  (SELECT count(*), max(received_at) FROM lead_submissions WHERE lead_id = ?1) WHERE lead_id = ?1`;

/** Makes a lead of a guest, and the other guests of `hostId` its guests: one transaction, which may be repeated. */
export async function foundLead(db: D1Database, hostId: string, guest: Guest, claims: readonly Claim[]): Promise<void> {
  const { submission_id: id, contact, evidence } = guest;
  await db.batch([
    db.prepare("UPDATE lead_submissions SET lead_id = ?2 WHERE lead_id = ?1 AND guest").bind(hostId, id),
    db.prepare("UPDATE lead_submissions SET guest = 0, outcome = 'created' WHERE submission_id = ?").bind(id),
    // Nobody may join a lead that is being erased.
    db.prepare("DELETE FROM lead_claims WHERE lead_id = ?").bind(hostId),
    writeClaims(db, id, claims),
    // Without the visitor: it is read from the session's row, where it can be withdrawn.
    upsertLead(db, { submission_id: id, visitor_id: null, contact, evidence }),
    db.prepare(RECOUNT).bind(id),
    writeConversion(db, id, evidence.label),
  ]);
}
