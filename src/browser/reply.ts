import type { Ack } from "../session/streams";

/** What a call comes to on either transport: the fields of acks and errors that matter here. Empty when none came. */
export interface Reply {
  ack?: Ack | null;
  /** Of the calls that only start or end. */
  session_id?: string;
  ended?: boolean;
  code?: string;
  /** Seconds. */
  retry_after?: number;
}

/** The code for every answer over HTTP that means "not now". */
export const BUSY = "busy";

/** Nothing is lost by asking again. Any other code is final. */
export const isLater = (code: string): boolean => /^(busy|too_fast|unavailable|internal)$/.test(code);
