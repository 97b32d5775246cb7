import type { Ack } from "../../core/delivery/streams";
import type { Consent } from "../../protocol/values";
import type { Rejection } from "./public";
import type { Batch } from "./queue";

/** The answer to a call, by socket or `fetch`: the fields of acks and errors that matter here. Empty if no answer came. */
export interface Reply {
  ack?: Ack | null;
  /** In answers to calls that only start or end a session. */
  session_id?: string;
  /** Present if the site allows less than the page assumed. */
  consent?: Consent;
  /** Present if the site exposes it. */
  engagement?: { score: number; band: string };
  /** Answer to a start that named a domain: the visitor, for the other hosts of the domain. */
  visitor_id?: string;
  visitor_proof?: string;
  /** Events of the batch that were refused one by one. */
  rejected?: Rejection["rejected"];
  code?: string;
  detail?: string | undefined;
  /** Seconds. */
  retry_after?: number;
}

/** The code for every answer that means "not now": asking again loses nothing. Any other code is final. */
export const BUSY = "busy";

/** Codes of a session that is unknown, or has as many streams as it may have. What was refused can go to another session. */
export const ELSEWHERE = /unknown|sparse/;

/** Codes of a session that was erased, or belongs to somebody else. It takes no more events. */
export const OVER = /^session/;

/** A call that is ready to go out. */
export interface Call {
  url: string;
  /** A JSON object. */
  body: string;
  batch: Batch | undefined;
  /** Settles the call by the server's final answer. What was refused is not sent again. */
  finish(reply: Reply): void;
}
