import type { Evidence } from "../../leads/lead";
import type { ClientNetwork } from "../../network/classes";
import { formReader, isFlag, isText, orAbsent, orNull, shaped } from "../../stored";
import type { LeadEntry, Unplaced } from "../entry";
import type { SessionState } from "../fold/state";
import type { Head } from "../head";
import type { LeadSubmit, TrackCall } from "./track-call";

/**
 * How many submits a session remembers, to recognise a retry. A person sends a handful; later ones are taken, but not journalled.
 */
export const SESSION_MAX_LEADS = 64;

/** A lead on its way through its session's actor. It has no network, because a CRM's server may have sent it. */
export type LeadCall = Pick<TrackCall, "v" | "session_id" | "site" | "gpc" | "default_consent" | "key_hash"> & {
  lead: LeadSubmit;
  /** It came from a server with an API key, which needs no session key. */
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

export interface SessionLeadAnswer {
  evidence: Evidence;
  /** Null without consent. */
  visitor_id: string | null;
  /** The visitor id is provable, and this session has not proven it. Absent: no. */
  is_claim?: boolean;
}

/** Whether this submit is in the journal already, or the session remembers no more of them. */
const isKnown = ({ leads = [] }: Head, { submission }: LeadSubmit): boolean =>
  leads.includes(submission) || leads.length >= SESSION_MAX_LEADS;

export const withLead = (head: Head, { submission }: LeadSubmit): Head => ({
  ...head,
  leads: [...(head.leads ?? []), submission],
});

/** The call as the intake takes it, with the network where the session was last seen. */
export function asTrackCall(call: LeadCall, head: Head, state: SessionState): TrackCall {
  const { trusted = false, ...rest } = call;
  const network = lastNetwork(state);
  const key_hash = trusted ? head.key_hash : call.key_hash;
  return {
    ...rest,
    key_hash,
    network,
    device_id: null,
    start: null,
    batch: null,
    end: null,
    lead: isKnown(head, call.lead) ? null : call.lead,
  };
}

/** The network where a session was last seen, by its log: classes, and no address. */
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

/** Times are by the actor's clock: a page could lie about how long it took. */
export function leadEntry(state: SessionState, submit: LeadSubmit, now: number): Unplaced<LeadEntry> {
  const { submission, honeypot, disposable_email } = submit;
  const submit_ms = Math.max(0, now - (state.journey.page_at ?? state.started_at));
  const lead = { honeypot, disposable_email, no_session: false, submit_ms };
  return { kind: "lead", at: now, received_at: now, submission, lead };
}
