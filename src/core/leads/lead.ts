import type { FieldValue } from "../../protocol/lead";
import type { Scores } from "../scoring/ledger";
import type { Claim } from "./identity";

/** What an email address says of its owner, the strictest class first. The first class that fits its domain counts. */
export const EMAIL_CLASSES = [
  /** Forwards to a hidden mailbox (`privaterelay.appleid.com`): a person, with an address for this form alone. */
  "relay",
  /** A mailbox made to be thrown away. */
  "disposable",
  /** A private mailbox, of a mail service or an access provider. */
  "free",
  /** At a domain of their own: a company's, mostly. */
  "own",
] as const;
export type EmailClass = (typeof EMAIL_CLASSES)[number];

/** What a person told us of themselves. Text is stored as it came. */
export interface Contact {
  name: string | null;
  email: string | null;
  email_class: EmailClass | null;
  /** E.164; as it was typed if it cannot be placed in any country. */
  phone: string | null;
  message: string | null;
  project: string | null;
  location: string | null;
  team: string | null;
  source: string | null;
  keyword: string | null;
  country_code: string | null;
  fields: Record<string, FieldValue>;
}

/**
 * How a lead stands to a session. `linked`: the session is known. `none`: the submit named none. `unknown`: the session that it
 * named is not known. `denied`: the session has no consent, so it lends its scores and no name. `unavailable`: the session's actor
 * could not be reached at the submit.
 */
export type SessionLink = "linked" | "none" | "unknown" | "denied" | "unavailable";

/** One point of a score, with its reason. */
export interface EvidenceReason {
  rule: string;
  score: keyof Scores;
  points: number;
  evidence: string;
}

/** A page's act: its type, where, and when (epoch ms). */
export interface LeadAct {
  at: number;
  type: string;
  page: string | null;
  element: string | null;
  /** The name as it was written, if the type is the slug of a free name. */
  name?: string;
}

/** What the session knew at the submit, frozen in the turn that took it. Everything is null or empty without a session. */
export interface Evidence {
  link: SessionLink;
  session_id: string | null;
  /** The journal entry of the submit: what is frozen here is as of this seq. */
  seq: number | null;
  label: string | null;
  scores: Scores;
  reasons: EvidenceReason[];
  entry_page: string | null;
  current_page: string | null;
  /** The newest distinct pages. */
  pages: string[];
  page_views: number;
  /** Newest last. */
  acts: LeadAct[];
  /** By the actor's clock, ms: on the page of the submit, in the whole session, and visibly active in it. */
  page_ms: number | null;
  session_ms: number | null;
  engaged_ms: number | null;
  referrer: string | null;
  /** The `utm_…` and click-id parameters of the entry page. */
  campaign: Record<string, string>;
  country: string | null;
  asn_class: string | null;
}

/** One submit, whole: what a lead actor keeps and D1 gets. */
export interface Submission {
  v: 1;
  /** Also the id of the lead, if the claims find no known lead. */
  submission_id: string;
  site: string;
  received_at: number;
  contact: Contact;
  /** Set only if no session names the visitor, and the submit does more than claim it. */
  visitor_id: string | null;
  /** The hidden field that people do not see was filled in. The submit is kept, and delivered to nobody. */
  honeypot: boolean;
  /** What the submit says of the person it is from. */
  claims: Claim[];
  /** The submit came with an API key, so the server that holds the key vouches for what it says. Absent in older submits. */
  trusted?: boolean;
  evidence: Evidence;
}

/** A session that did not show whom a submit is from: it could not be asked, or it has not proven its visitor yet. */
export interface Unheard {
  session_id: string;
  /** SHA-256 of the session key that came with the submit, hex. */
  key_hash: string | null;
  /** Key of the submit's claim: a hash of the visitor it claims to be from. */
  claimed: string;
}

/** What a submit came to: a new lead, more of an open one, a known one opened anew, or a honeypot's catch. */
export type Outcome = "created" | "merged" | "reengaged" | "spam";

export interface Taken {
  lead_id: string;
  status: "accepted" | "merged";
}

/** Type of the webhook message that a submit causes; null for none. */
export const messageType = (outcome: Outcome): string | null => (outcome === "spam" ? null : `lead.${outcome}`);
