/**
 * Brings events to the server: one call at a time, by socket or by `fetch`, until each number is settled. With one call
 * in flight nothing overtakes the start, and the server's pace is the page's.
 */
import type { EventInput } from "../../protocol/events";
import type { Consent } from "../../protocol/fields";
import { failed, newBackoff, reset } from "./backoff";
import { newStream, nextCall } from "./call";
import { addressFacts } from "./campaign";
import { consent, setConsent } from "./consent";
import { emit } from "./hooks";
import { post, sizeOf } from "./http";
import { toJson } from "./json";
import { ANSWER_MS, BATCH_BYTES, BEACON_MIN_BYTES, COALESCE_MS } from "./limits";
import { keep } from "./outbox";
import { plug } from "./plug";
import { add, BEACONED, release, SENT, type Stream } from "./queue";
import { BUSY, type Call, ELSEWHERE, OVER, type Reply } from "./reply";
import { rough } from "./rough";
import { safe } from "./safe";
import { forgetSession, isSessionOpen, touchSession } from "./session";
import { clearDevice } from "./storage";
import { cleanValue, pageUrl } from "./url";

/** The first takes events; the others still have something unacked, of a session that is over or a page that is gone. */
export const streams: Stream[] = [];
/** What has happened and is in no stream yet, in order: JSON as it happened, and whether it is a view by a move within the page. */
const fresh: Parameters<typeof deliver>[] = [];
let isInFlight = false;
let timer = 0;
export const retry = newBackoff();
/** Something may be on the device. */
let isKept = false;

/** What the page's last view showed. */
let view = "";

/** Takes an event. */
export function deliver(json: string, isMove?: boolean): void {
  fresh.push([json, isMove]);
  // The next try may be half a minute away, and the page may crash before.
  if (retry.failures) number();
  wakeIn(COALESCE_MS);
}

/** Whether what happens now goes on with a session: one that runs, or that begins with what has just happened. */
export const isVisit = (): unknown => fresh[0] ?? isSessionOpen();

/**
 * Gives what has happened its session and its number. Not as it happens: storage, random ids and what is asked of the
 * device would take the time of a page that loads, or of a click that waits for its frame.
 */
export const number = (): void => fresh.splice(0).forEach(numberOne);

const numberOne = safe(([json, isMove]: Parameters<typeof enter>) => {
  const event = enter(json, isMove);
  if (event) emit("event", event);
});

/** Enters an event, without secrets, into the session that runs now; nothing for what is no event of its own. */
export function enter(raw: string, isMove?: boolean): EventInput | undefined {
  // Only traits are what a visitor has told on purpose.
  const isTold = /^{"event_type":"identify"/.test(raw);
  const event: EventInput & { page: string } = JSON.parse(raw, (name, value) =>
    isTold ? value : cleanValue(name, value),
  );
  event.page = pageUrl(event.page);
  if (plug.refuses?.(event)) return;
  let campaign: string | undefined;
  if (event.event_type === "page_view") {
    const facts = (plug.addressFacts ?? addressFacts)(event.page);
    // Another place of the page, or the same without what had brought the visitor.
    if (isMove && facts.shownView === view) return;
    ({ shownView: view, campaignQuery: campaign } = facts);
  }
  const session = touchSession(campaign);
  let [stream] = streams;
  if (stream?.id !== session.id) {
    stream = newStream(session, event.page, plug.ledBy);
    streams.unshift(stream);
    plug.ledBy = "";
    emit("session", session.id);
  }
  const json = toJson(event);
  add(stream, json, sizeOf(json), session.at);
  plug.bound?.(stream, session.at);
  if (retry.failures) keep(stream, session.at);
  return event;
}

/** Sends what there is, unless the server has asked for patience. */
export const flush = safe(() => {
  timer = 0;
  // What cleans texts is on its way.
  if (!plug.clean) return;
  // Not after an ack: a path would go out with each round trip. While tries fail, what happens is in a stream at once.
  if (fresh[0] ?? retry.failures) plug.gather?.();
  number();
  if (isInFlight || consent() === "pending") return;
  const held = retry.until - performance.now();
  if (retry.failures) keepAll(Date.now());
  if (held > 0) return wakeIn(held);
  for (const stream of streams) {
    const call = nextCall(stream, SENT, BATCH_BYTES);
    if (call) return send(stream, call);
  }
});

/** The same without waiting for what cleans texts: whatever may be a secret goes. */
export function flushNow(): void {
  plug.clean ??= rough;
  flush();
}

/** The page may be gone in a moment: all that is unacked leaves at once, also what waits for an answer. */
export function leave(): void {
  if (isVisit()) for (const last of plug.leaving) last();
  if (consent() === "pending") return;
  // Whether a beacon arrives is never known: the next page asks for the rest, or this one if it is still there by then.
  keepAll(0);
  setTimeout(resume, ANSWER_MS);
  for (const stream of streams) {
    for (let room = BATCH_BYTES; room > BEACON_MIN_BYTES; ) {
      const call = nextCall(stream, BEACONED, room);
      if (!call) break;
      if (!navigator.sendBeacon(call.url, call.body)) {
        release(stream, BEACONED, call.batch);
        room /= 2;
      } else if (!call.batch) break;
    }
  }
}

/** Back on the page: what left by beacon goes by a way that answers. */
export function resume(): void {
  for (const stream of streams) release(stream, BEACONED);
  flush();
}

/** Ends the session, for every tab. Whatever happens next begins another. */
export function endSession(): void {
  number();
  const [stream] = streams;
  if (!stream) return;
  stream.end = { timestamp: Date.now(), exit_page: pageUrl() };
  forgetSession(stream.id);
  flush();
}

/** Says the start again with the next call: the server adds what it did not know. */
export function restart(): void {
  const [stream] = streams;
  if (stream) stream.start = { page: pageUrl(), ...stream.start };
  flush();
}

/** The server hears it with the next events, or by a call of its own. */
export function changeConsent(state: Consent | undefined): void {
  setConsent(state);
  if (consent() === "denied") clearDevice();
  reset(retry);
  restart();
  plug.consented?.();
}

/** The site's settings do not allow what the page has taken for granted. */
function forbid(state: Consent): void {
  setConsent(state);
  clearDevice();
}

/** To the device: what is unacked; or, once it is acked, that nothing is. */
export function keepAll(held: number): void {
  number();
  isKept = true;
  for (const stream of streams) keep(stream, held);
}

/** Whoever wakes it early finds what holds it back, and what is due later then asks again; a timer too many asks in vain. */
function wakeIn(ms: number): void {
  if (!timer) timer = setTimeout(flush, ms);
}

function send(stream: Stream, call: Call): void {
  isInFlight = true;
  // The first call of a stream goes by `fetch`, which is there at once. The socket is for the session that runs.
  const isRunning = stream === streams[0] && !stream.start && call.batch && !document.hidden;
  const bySocket = isRunning && plug.socket?.(stream.id, call.body);
  const finish = safe((reply: Reply) => {
    isInFlight = false;
    // Before anything can go wrong with the reply: what it does not settle is to be sent again.
    release(stream, SENT);
    settleCall(stream, call, reply, bySocket);
    flush();
  });
  void (bySocket || post(call.url, call.body)).then(finish);
}

function settleCall(stream: Stream, call: Call, reply: Reply, bySocket: unknown): void {
  const { ack, code, consent: effective, session_id } = reply;
  if (effective && !code) forbid(effective);
  if (ELSEWHERE.test(code as string) && plug.move) plug.move(stream);
  else if (code === "consent_pending") forbid("pending");
  else if (code ? code !== BUSY : call.batch ? ack : session_id) {
    call.finish(reply);
    reset(retry);
    if (isKept) keepAll(Date.now());
    if (ack?.ended || OVER.test(code as string)) forgetSession(stream.id);
    emit("ack", ack);
    plug.answered?.(reply, call);
  }
  // A socket that says nothing closes, and `fetch` may get through at once.
  else if (!bySocket || code) failed(retry, reply.retry_after);
}
