/**
 * Brings events to the server, one call at a time, by socket or `fetch`, until the number of each event is settled. With one call
 * in flight nothing overtakes the start, and the page never sends faster than the server answers.
 */
import type { EventInput } from "../../protocol/events";
import type { Consent } from "../../protocol/values";
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

/** The first stream takes new events. The others hold unacked events of a session that is over or of a page that is gone. */
export const streams: Stream[] = [];
/** Events that are in no stream yet, in order: the JSON, and whether it is a view after a navigation within the page. */
const fresh: Parameters<typeof deliver>[] = [];
let isInFlight = false;
let timer = 0;
export const retry = newBackoff();
/** Whether unacked events may be on the device. */
let isKept = false;

/** The page's last view, as `AddressFacts.shownView`. */
let view = "";

/** Queues an event, given as JSON, and sends it soon. */
export function deliver(json: string, isMove?: boolean): void {
  fresh.push([json, isMove]);
  // The next try may be 30 s away, and the page may crash before. Numbering the event now also keeps it on the device.
  if (retry.failures) number();
  wakeIn(COALESCE_MS);
}

/** Whether there is a session now: one that is open, or one that will begin with an event that still waits for its number. */
export const isVisit = (): unknown => fresh[0] ?? isSessionOpen();

/**
 * Gives waiting events their session and number. This is not done as each event happens, because storage, random ids and questions
 * to the device would delay a page that loads, or the frame after a click.
 */
export const number = (): void => fresh.splice(0).forEach(numberOne);

const numberOne = safe(([json, isMove]: Parameters<typeof enter>) => {
  const event = enter(json, isMove);
  if (event) emit("event", event);
});

/** Enters an event, cleaned of secrets, into the current session. Undefined if it is refused, or shows the same view again. */
export function enter(raw: string, isMove?: boolean): EventInput | undefined {
  // Traits are not cleaned, because the page gives them on purpose.
  const isTold = /^{"event_type":"identify"/.test(raw);
  const event: EventInput & { page: string } = JSON.parse(raw, (name, value) =>
    isTold ? value : cleanValue(name, value),
  );
  event.page = pageUrl(event.page);
  if (plug.refuses?.(event)) return;
  let campaign: string | undefined;
  if (event.event_type === "page_view") {
    const facts = (plug.addressFacts ?? addressFacts)(event.page);
    // Only the fragment or the campaign has changed.
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

/** Sends the next call. It waits for acts.js, for a call in flight, while consent is pending, and until the next retry is due. */
export const flush = safe(() => {
  timer = 0;
  // Wait for acts.js, which brings the function that cleans texts.
  if (!plug.clean) return;
  // Gather the mouse path only if another event waits. To gather it after each ack would send a piece of it with every round trip.
  // While calls fail, events are numbered at once and `fresh` is empty, so check the failures instead.
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

/** Does what `flush` does without waiting for acts.js: `rough` removes whatever may be a secret. */
export function flushNow(): void {
  plug.clean ??= rough;
  flush();
}

/** Sends all unacked events by beacon, also those in flight, because the page may be gone in a moment. */
export function leave(): void {
  if (isVisit()) for (const last of plug.leaving) last();
  if (consent() === "pending") return;
  // A beacon gets no answer, so the events stay on the device. The next page sends them again, or this one if it is still there.
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

/** Sends events that left by beacon again, because a beacon gets no answer. Called when the visitor is back, or still there. */
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

/** Sends the start again with the next call, so that the server adds what it did not know. */
export function restart(): void {
  const [stream] = streams;
  if (stream) stream.start = { page: pageUrl(), ...stream.start };
  flush();
}

/** Sets the consent. A repeated start tells the server, with the next events or in a call of its own. */
export function changeConsent(state: Consent | undefined): void {
  setConsent(state);
  if (consent() === "denied") clearDevice();
  reset(retry);
  restart();
  plug.consented?.();
}

/** Called if the site's settings allow less than the page assumed. */
function forbid(state: Consent): void {
  setConsent(state);
  clearDevice();
}

/** Writes unacked events to the device, and removes those that are acked. `held`: epoch ms, see `Kept`. */
export function keepAll(held: number): void {
  number();
  isKept = true;
  for (const stream of streams) keep(stream, held);
}

/** One timer is enough, because `flush` finds out what still has to wait, and sets the timer again. */
function wakeIn(ms: number): void {
  if (!timer) timer = setTimeout(flush, ms);
}

function send(stream: Stream, call: Call): void {
  isInFlight = true;
  // A stream's first call goes by `fetch`, because a socket would have to connect first. The socket is for the current session.
  const isRunning = stream === streams[0] && !stream.start && call.batch && !document.hidden;
  const bySocket = isRunning && plug.socket?.(stream.id, call.body);
  const finish = safe((reply: Reply) => {
    isInFlight = false;
    // Release the events first, so that they are sent again even if reading the reply fails.
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
  // If a socket gave no answer, do not wait: it closes, and `fetch` may get through at once.
  else if (!bySocket || code) failed(retry, reply.retry_after);
}
