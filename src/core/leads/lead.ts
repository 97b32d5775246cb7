import type { FieldValue } from "../../protocol/lead";
import type { Scores } from "../scoring/ledger";
import type { Claim } from "./identity";

/** What an address says of its owner, the strictest first; the first that its domain is of holds. */
export const EMAIL_CLASSES = [
  /** Forwards to a mailbox that it hides (`privaterelay.appleid.com`): a person, behind a name for this form alone. */
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
  /** E.164; a number that cannot be placed in any country is as it was typed. */
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
 * How a lead stands to a session: `linked`; `none` was named; the named one is `unknown`; it was `denied` consent, so it
 * lends its scores and no name; its actor was `unavailable` at the moment of the submit.
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
export interface Act {
  at: number;
  type: string;
  page: string | null;
  element: string | null;
  /** Where the type is the slug of a free name. */
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
  /** Distinct pages, the newest. */
  pages: string[];
  page_views: number;
  /** Newest last. */
  acts: Act[];
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
  /** Also the id of the lead, if nobody is known by the keys. */
  submission_id: string;
  site: string;
  received_at: number;
  contact: Contact;
  /** Only where there is no session to ask for it, and the submit does not only claim it. */
  visitor_id: string | null;
  /** The hidden field that people do not see was filled in: kept, and delivered to nobody. */
  honeypot: boolean;
  /** What it says of who it is from. */
  claims: Claim[];
  /** It came with a key: whose server that is vouches for what it says. Absent in submits of before. */
  trusted?: boolean;
  evidence: Evidence;
}

/** A session that did not show whose a submit is: it could not be asked, or has not proven its visitor yet. */
export interface Unheard {
  session_id: string;
  /** SHA-256 of the session key that came with the submit, hex. */
  key_hash: string | null;
  /** Key of the claim that it makes: whom, by a hash. */
  claimed: string;
}

/** What a submit came to: a new lead, more of an open one, a known one opened anew, or a honeypot's catch. */
export type Outcome = "created" | "merged" | "reengaged" | "spam";

export interface Taken {
  lead_id: string;
  status: "accepted" | "merged";
}

/** The webhook a submission causes; null for none. */
export const messageType = (outcome: Outcome): string | null => (outcome === "spam" ? null : `lead.${outcome}`);
