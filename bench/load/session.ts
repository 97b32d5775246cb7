// The bodies of a session's batches, put together from text that was serialised once, so that the client is not the limit.
import { randomUUID } from "node:crypto";
import { START, VISIT_EVENTS, visit } from "./mix.ts";

const VARIANTS = 16;
const visits = Array.from({ length: VARIANTS }, (_, variant) => visit(variant).map((event) => JSON.stringify(event)));
const clientTimes = visit(0).map((event) => event.timestamp);
const runs = new Map<number, string>();

/** `"sent_at":…,"events":[…]` of `count` events from `position` on. */
function run(variant: number, position: number, count: number) {
  const start = position % VISIT_EVENTS;
  const key = (variant * VISIT_EVENTS + start) * 1_000 + count;
  let text = runs.get(key);
  if (text === undefined) {
    const events = Array.from({ length: count }, (_, i) => visits[variant]?.[(start + i) % VISIT_EVENTS]);
    const last = clientTimes[Math.min(start + count, VISIT_EVENTS) - 1] ?? 0;
    text = `"sent_at":${last + 150},"events":[${events.join(",")}]`;
    runs.set(key, text);
  }
  return text;
}

let made = 0;

interface LoadSession {
  id: string;
  variant: number;
  stream: string;
  visitor: string;
  fingerprint: string;
}

export function newSession(): LoadSession {
  made += 1;
  return {
    id: randomUUID(),
    variant: made % VARIANTS,
    stream: `p${made.toString(36)}`,
    visitor: `v${made.toString(36)}`,
    fingerprint: `f${made.toString(36)}`,
  };
}

interface BatchPlace {
  /** Events of the session that were sent before. */
  position: number;
  /** Events in this batch. */
  count: number;
  /** Events of the whole session. */
  total: number;
  /** Whether a batch of the session has been acked. */
  acked?: boolean;
}

/**
 * A batch's body, without its braces. As the tracker does, batches carry the start until one is acked, and the last one
 * carries the end.
 */
export function batch(session: LoadSession, { position, count, total, acked = position > 0 }: BatchPlace) {
  const { id, variant, stream, visitor, fingerprint } = session;
  const start = acked
    ? ""
    : `"start":${JSON.stringify({ ...START, visitor_id: visitor, fingerprint_id: fingerprint })},`;
  const end = position + count >= total ? `,"end":{}` : "";
  return `"session_id":"${id}","stream":"${stream}","first":${position + 1},${start}${run(variant, position, count)}${end}`;
}

/**
 * Where a batch is posted. The query has the session's id, which stands at the start of the body, so that the bare Worker
 * finds the object without parsing the body.
 */
export const pathOf = (body: string) => `/track/events/batch?session_id=${body.slice(15, 51)}`;
