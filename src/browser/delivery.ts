/**
 * Brings events to the server: one call at a time, by socket or by `fetch`, until each number is settled. With one call
 * in flight nothing overtakes the start, and the server's pace is the page's.
 */
import type { Consent } from "../protocol/fields";
import { failed, left, newBackoff, reset } from "./backoff";
import { consent, setConsent } from "./consent";
import { emit } from "./hooks";
import { post } from "./http";
import { ANSWER_MS, COALESCE_MS, NEVER } from "./limits";
import { options } from "./options";
import { startFacts } from "./page";
import { BEACONED, SENT } from "./queue";
import { isLater, type Reply } from "./reply";
import { safe } from "./safe";
import { forgetSession, touchSession } from "./session";
import { closeSocket, sendFrame, socketWait } from "./socket";
import { type Call, newStream, type Stream } from "./stream";

/** The first takes events; the others still have something unacked, for a session that is over. */
let streams: Stream[] = [];
let isInFlight = false;
let timer = 0;
let wakeAt = NEVER;
const retry = newBackoff();

/** Takes an event as it goes out, for the session that runs now. */
export function deliver(json: string): void {
  const id = touchSession();
  const facts = startFacts();
  if (facts && streams[0]?.id !== id) {
    streams = [newStream(id, facts), ...streams.filter(({ isDue }) => isDue())];
    emit("session", id);
  }
  streams[0]?.queue.add(json);
  wakeIn(COALESCE_MS);
}

/** Sends what there is, unless the server has asked for patience. */
export const flush = safe(() => {
  const stream = streams.find(({ isDue }) => isDue());
  if (!stream || isInFlight || consent() === "pending") return;
  const held = left(retry);
  if (held > 0) return wakeIn(held);
  const wait = waitForSocket(stream);
  if (wait > 0 && wait < NEVER) return wakeIn(wait);
  const call = stream.next(SENT);
  if (call) send(stream, call, !wait && call.hasEvents);
});

/** The page may be gone in a moment: all that is unacked leaves at once, also what waits for an answer. */
export function leave(): void {
  if (consent() === "pending") return;
  for (const stream of streams) {
    let call: Call | undefined;
    do call = stream.next(BEACONED);
    while (call && navigator.sendBeacon(urlOf(call), call.body) && call.hasEvents);
  }
  // Whether a beacon arrived is never known. If the page is still there by then, it asks again.
  setTimeout(resume, ANSWER_MS);
}

/** Back on the page: what left by beacon goes by a way that answers. */
export function resume(): void {
  for (const { queue } of streams) queue.release(BEACONED);
  flush();
}

/** Ends the session, for every tab. Whatever happens next begins another. */
export function endSession(): void {
  const [stream] = streams;
  if (!stream) return;
  stream.finish();
  forgetSession(stream.id);
  flush();
}

/** The server hears it with the next events, or by a call of its own. */
export function changeConsent(state: Consent): void {
  setConsent(state);
  streams[0]?.restart();
  reset(retry);
  flush();
}

function wakeIn(ms: number): void {
  const at = performance.now() + ms;
  if (at >= wakeAt) return;
  clearTimeout(timer);
  wakeAt = at;
  timer = setTimeout(() => {
    wakeAt = NEVER;
    flush();
  }, ms);
}

/** The socket is for the running session; what is left of an earlier one goes by `fetch`. */
function waitForSocket({ id }: Stream): number {
  const { endpoint, site } = options;
  if (id !== streams[0]?.id) return NEVER;
  return socketWait(`${endpoint.replace(/^http/, "ws")}/track/socket?session_id=${id}&site=${site}`, flush);
}

const urlOf = ({ path }: Call): string => `${options.endpoint}/track/${path}`;

function send(stream: Stream, call: Call, bySocket: boolean): void {
  isInFlight = true;
  const timeout = new Promise<Reply>((resolve) => setTimeout(resolve, ANSWER_MS, {}));
  const answer = bySocket ? sendFrame(call.body) : post(urlOf(call), call.body);
  const finish = safe((reply: Reply) => {
    isInFlight = false;
    // Before anything can go wrong with the reply: what it does not settle is to be sent again.
    stream.queue.release(SENT);
    settle(stream, call, reply, bySocket);
    flush();
  });
  void Promise.race([answer, timeout]).then(finish);
}

function settle(stream: Stream, call: Call, reply: Reply, bySocket: boolean): void {
  const { ack, code, ended, session_id } = reply;
  if (code === "session_unknown") move(stream);
  else if (code === "consent_pending") retry.until = NEVER;
  else if (code ? !isLater(code) : call.hasEvents ? ack : session_id) {
    call.settle(reply);
    reset(retry);
    if (ended ?? ack?.ended) forgetSession(stream.id);
    emit("ack", ack);
  }
  // A socket that says nothing is of no use, and `fetch` may get through at once.
  else if (bySocket && !code) closeSocket();
  else failed(retry, reply.retry_after);
}

/** The server does not know the session: its unacked events become a new stream of the next. */
function move(stream: Stream): void {
  forgetSession(stream.id);
  // Were the next one unknown too, this must not become a storm of new sessions.
  failed(retry);
  for (const json of stream.queue.drain()) deliver(json);
}
