import type { Consent } from "../protocol/fields";
import type { Ack } from "../session/streams";

/** What a call comes to on either transport: the fields of acks and errors that matter here. Empty when none came. */
export interface Reply {
  ack?: Ack | null;
  /** Of the calls that only start or end. */
  session_id?: string;
  /** Said where the site allows less than the page has taken for granted. */
  consent?: Consent;
  /** Where the site exposes it. */
  engagement?: { score: number; band: string };
  code?: string;
  /** Seconds. */
  retry_after?: number;
}

/** The code for every answer that means "not now": nothing is lost by asking again. Any other code is final. */
export const BUSY = "busy";
