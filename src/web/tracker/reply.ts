import type { Ack } from "../../core/delivery/streams";
import type { Consent } from "../../protocol/fields";
import type { Rejection } from "./public";
import type { Batch } from "./queue";

/** What a call comes to on either transport: the fields of acks and errors that matter here. Empty when none came. */
export interface Reply {
  ack?: Ack | null;
  /** Of the calls that only start or end. */
  session_id?: string;
  /** Said where the site allows less than the page has taken for granted. */
  consent?: Consent;
  /** Where the site exposes it. */
  engagement?: { score: number; band: string };
  /** Said to a start that named a domain: who the visitor is, for the other hosts. */
  visitor_id?: string;
  visitor_proof?: string;
  /** Events of the batch that were refused by themselves. */
  rejected?: Rejection["rejected"];
  code?: string;
  detail?: string | undefined;
  /** Seconds. */
  retry_after?: number;
}

/** The code for every answer that means "not now": nothing is lost by asking again. Any other code is final. */
export const BUSY = "busy";

// An expression reads what is undefined as that word.

/** The session is unknown, or has had as many streams as it may: what was refused can happen in another. */
export const isElsewhere = (code?: string): boolean => /unknown|sparse/.test(code as string);

/** The session was erased, or is somebody else's: it takes nothing any more. */
export const isOver = (code?: string): boolean => /^session/.test(code as string);

/** A call that is ready to go out. */
export interface Call {
  url: string;
  /** A JSON object. */
  body: string;
  batch: Batch | undefined;
  /** Takes the server's final word. What it refused is not sent again. */
  finish(reply: Reply): void;
}
