import type { Contact, Evidence } from "../../../core/leads/lead";
import type { Delivery, Label, Scores, SessionRow } from "./types";

/** The API's answers about leads. The published schema has their contact and evidence as open objects. */

export interface LeadRow extends Contact {
  lead_id: string;
  site: string;
  status: string;
  created_at: number;
  opened_at: number;
  last_submission_at: number;
  submissions: number;
  session_id: string | null;
  visitor_id: string | null;
  label: Label | null;
  scores: Scores;
  evidence: Evidence;
  crm_id: string | null;
  crm_at: number | null;
}

export interface SubmissionRow {
  submission_id: string;
  received_at: number;
  outcome: string;
  session_id: string | null;
  /** It gave the lead's email or phone, but nothing shows that it is the same person. */
  guest: boolean;
  contact: Contact;
  evidence: Evidence;
}

export interface LeadWhole extends LeadRow {
  history: SubmissionRow[];
  deliveries: Delivery[];
  session: SessionRow | null;
}
