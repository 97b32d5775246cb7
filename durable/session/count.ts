import { storeDue } from "../../src/core/session/deadline";
import { putSessionCounter } from "../../src/data/store/counters";
import { SECOND_MS } from "../../src/time";
import type { SessionMemory } from "./memory";

/** The contract's number: KV writes of one session, its identities' included. */
const KV_WRITES_PER_SESSION = 3;
/** A flush this late is one of many that fell due together: then D1 and R2 come first. */
export const COUNT_LATE_MS = SECOND_MS;

/**
 * Writes the session's own counter at the edge: with the first flush, and with the last if its identities' counters leave room for
 * it. The flush that follows stores how many were written, so each is written at most once. A late flush is one of many, after a
 * restart or an outage: an open session then leaves its counter to the next flush. Null if nothing is due,
 * or the site has only notable counters in KV: nobody reads a session's.
 */
export function countSession(memory: SessionMemory, kv: KVNamespace, now: number): Promise<void> | null {
  const { state, progress, head } = memory;
  if (head.kv === "notable") return null;
  const due = storeDue(memory, "d1");
  if (due === null || due > now || progress.d1.plan !== null) return null;
  const counted = progress.counted ?? 0;
  const ended = state.ended_at !== null;
  if (!ended && now - due > COUNT_LATE_MS) return null;
  const isFirst = counted === 0;
  const isLast = counted === 1 && ended && counted + (progress.told?.length ?? 0) < KV_WRITES_PER_SESSION;
  if (!isFirst && !isLast) return null;
  progress.counted = ended ? 2 : 1;
  return putSessionCounter(kv, head.session_id, { events: state.events, label: state.judgement.label, ended });
}
