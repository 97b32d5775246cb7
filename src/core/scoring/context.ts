/** What scoring gets from identity actors and from leads: counts and flags, nothing that names anyone. */

/** An identity's last 24 hours, as its actor counts them; this session is included. */
export interface IdentityCounts {
  sessions: number;
  /** Distinct, of a fingerprint; of an address always 1. */
  addresses: number;
  networks: number;
  countries: number;
  /** Distinct, of an address; of a fingerprint always 1. */
  fingerprints: number;
  /** Forms sent by these sessions. */
  forms: number;
  /** There was more than the actor keeps, so the counts are lower bounds. */
  capped: boolean;
}

/** Null: not known, or not asked. */
export interface IdentityAnswer {
  fingerprint: IdentityCounts | null;
  address: IdentityCounts | null;
}

/** A lead as scoring sees it. */
export interface LeadFacts {
  /** The field that people do not see was filled in. */
  honeypot: boolean;
  /** The e-mail address is of a domain that hands out addresses to throw away. */
  disposable_email: boolean;
  /** The lead came without a session, or with an unknown one. */
  no_session: boolean;
  /** Time from the page's opening to the lead's arrival, ms; null if not known. */
  submit_ms: number | null;
}

/** The newest answer, with the version and number of forms that it was asked for. */
export interface IdentityFacts extends IdentityAnswer {
  version: number;
  forms: number;
}

/** A session may bring several leads; of each fact the worst value counts. */
export function mergeLeads(known: LeadFacts | null, added: LeadFacts): LeadFacts {
  if (!known) return { ...added };
  const times = [known.submit_ms, added.submit_ms].filter((ms) => ms !== null);
  return {
    honeypot: known.honeypot || added.honeypot,
    disposable_email: known.disposable_email || added.disposable_email,
    no_session: known.no_session && added.no_session,
    submit_ms: times.length > 0 ? Math.min(...times) : null,
  };
}
