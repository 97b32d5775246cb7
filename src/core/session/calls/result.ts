import type { RejectedEvent } from "../../../protocol/events";
import type { RecordOrder } from "../../../protocol/recording";
import type { Consent } from "../../../protocol/values";
import type { Ack } from "../../delivery/streams";
import type { Exposed } from "../../scoring/ledger";

/** The answer to a call that was taken; the edge turns it into a response or a frame. */
export interface TakenCall {
  ok: true;
  session_id: string;
  visitor_id: string | null;
  device_id: string | null;
  accepted: number;
  duplicates: number;
  rejected: RejectedEvent[];
  /** Null for a sender that does not number its events. */
  ack: Ack | null;
  ended: boolean;
  ended_at: number | null;
  /** The consent as it is after the call. */
  consent: Consent;
  /** Only if the site lets its pages know. */
  engagement?: Exposed;
  /** Whether to record the page; also in the ack, where there is one. */
  record?: RecordOrder;
  timestamp: number;
}

export type RefusalCode =
  | "session_unknown"
  | "session_erased"
  | "session_key_invalid"
  | "consent_pending"
  | "stream_too_sparse"
  | "too_fast"
  | "busy"
  | "budget_spent"
  | "ticket_invalid"
  | "recording_refused"
  | "recording_full";

export interface Refused {
  ok: false;
  code: RefusalCode;
  detail: string;
  /** Seconds after which a retry makes sense. */
  retry_after?: number;
  /** Key of the budget that is spent: the edge remembers it, and answers itself until then. */
  spent_by?: string;
}

export type TrackResult = TakenCall | Refused;

export const refused = (code: RefusalCode, detail: string, retry_after?: number): Refused =>
  retry_after === undefined ? { ok: false, code, detail } : { ok: false, code, detail, retry_after };

export type ChunkResult = { ok: true; ack: Ack } | Refused;
