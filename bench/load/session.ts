// The bodies of a session's batches, put together from text that is serialised once: the client must not be what limits.
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

interface Session {
  id: string;
  variant: number;
  stream: string;
  visitor: string;
  fingerprint: string;
}

export function newSession(): Session {
  made += 1;
  return {
    id: randomUUID(),
    variant: made % VARIANTS,
    stream: `p${made.toString(36)}`,
    visitor: `v${made.toString(36)}`,
    fingerprint: `f${made.toString(36)}`,
  };
}

/**
 * Events `position + 1` to `position + count` of a session, without its braces. Batches carry the start until one is
 * acked, the one that reaches `total` the end, as the tracker sends them.
 * @param acked Whether a batch of the session has been.
 */
export function batch(session: Session, position: number, count: number, total: number, acked: boolean = position > 0) {
  const { id, variant, stream, visitor, fingerprint } = session;
  const start = acked
    ? ""
    : `"start":${JSON.stringify({ ...START, visitor_id: visitor, fingerprint_id: fingerprint })},`;
  const end = position + count >= total ? `,"end":{}` : "";
  return `"session_id":"${id}","stream":"${stream}","first":${position + 1},${start}${run(variant, position, count)}${end}`;
}

/**
 * Where a batch is posted. The session's id, with which a body begins, rides in the query too: the bare object is found by
 * it without parsing the body.
 */
export const pathOf = (body: string) => `/track/events/batch?session_id=${body.slice(15, 51)}`;
