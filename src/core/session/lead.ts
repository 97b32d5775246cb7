import type { Evidence } from "../leads/lead";
import type { ClientNetwork } from "../network/classes";
import { formReader, isFlag, isText, orAbsent, orNull, shaped } from "../stored";
import type { LeadEntry, Unplaced } from "./entry";
import type { Head } from "./head";
import type { SessionState } from "./state";
import type { LeadSubmit, TrackCall } from "./track-call";

/** Submissions one session remembers, to tell a retry; a person sends a handful. Later ones are taken, and not journalled. */
export const SESSION_MAX_LEADS = 64;

/** A lead on its way through its session's actor. It says nothing of the network: a CRM's server may have sent it. */
export type LeadCall = Pick<TrackCall, "v" | "session_id" | "site" | "gpc" | "default_consent" | "key_hash"> & {
  lead: LeadSubmit;
  /** A server with a key of ours says so: it has no session key, and needs none. */
  trusted?: boolean;
};

export const readLeadCall = formReader<LeadCall>({
  name: "lead call",
  version: 1,
  shape: {
    session_id: isText,
    site: isText,
    gpc: isFlag,
    default_consent: isText,
    key_hash: orNull(isText),
    lead: shaped<LeadSubmit>({ submission: isText, honeypot: isFlag, disposable_email: isFlag }),
    trusted: orAbsent(isFlag),
  },
});

export interface LeadAnswer {
  evidence: Evidence;
  /** Null without consent. */
  visitor_id: string | null;
  /** The visitor is somebody whom another may prove to be. Absent: not. */
  is_claim?: boolean;
}

/** Whether this submit is in the journal already, or may not be added any more. */
const isKnown = ({ leads = [] }: Head, { submission }: LeadSubmit): boolean =>
  leads.includes(submission) || leads.length >= SESSION_MAX_LEADS;

export const withLead = (head: Head, { submission }: LeadSubmit): Head => ({
  ...head,
  leads: [...(head.leads ?? []), submission],
});

/** The call as the intake takes it: from the network that the session was last seen in. */
export function asTrackCall(call: LeadCall, head: Head, state: SessionState): TrackCall {
  const { trusted = false, ...rest } = call;
  const network = lastNetwork(state);
  const nothingElse = { device_id: null, start: null, batch: null, end: null };
  const key_hash = trusted ? head.key_hash : call.key_hash;
  return { ...rest, ...nothingElse, key_hash, network, lead: isKnown(head, call.lead) ? null : call.lead };
}

/** Where a session was last seen, as far as its log says: it names no address. */
export function lastNetwork(state: SessionState): ClientNetwork {
  const { address: _, network: __, timezone_gap: ___, ...classes } = state.network ?? NOWHERE;
  return { ...classes, ip: null, asn: null };
}

const NOWHERE = {
  address: null,
  network: null,
  timezone_gap: null,
  country: null,
  region: null,
  timezone: null,
  colo: null,
  protocol: null,
};

/** Times are by the actor's clock: what the page says of its own haste is not asked. */
export function leadEntry(state: SessionState, submit: LeadSubmit, now: number): Unplaced<LeadEntry> {
  const { submission, honeypot, disposable_email } = submit;
  const submit_ms = Math.max(0, now - (state.journey.page_at ?? state.started_at));
  const lead = { honeypot, disposable_email, no_session: false, submit_ms };
  return { kind: "lead", at: now, received_at: now, submission, lead };
}
