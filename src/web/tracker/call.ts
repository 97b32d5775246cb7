import { consent, mayStore } from "./consent";
import { streamName } from "./ids";
import { toJson } from "./json";
import { options } from "./options";
import { startFacts } from "./page";
import { plug } from "./plug";
import { type By, drop, type Stream, settle, take } from "./queue";
import type { Call } from "./reply";
import { type Session, visitor } from "./session";

/** Makes a stream for new events. `page` is its first page, and `referrer` is the address that led there. */
export const newStream = (session: Session, page: string, referrer: string): Stream => ({
  id: session.id,
  key: session.key,
  name: streamName(),
  start: startFacts(page, referrer),
  last: 0,
  items: [],
  gone: [],
});

/** The next call. Its events are marked as taken. Undefined if there is nothing to send, or if everything is in flight. */
export function nextCall(stream: Stream, by: By, room: number): Call | undefined {
  const { start, end } = stream;
  const batch = take(stream, by, room);
  // A stream without an event has nothing to start or to end.
  if (!batch && (stream.items[0] || !stream.last || !(start ?? end))) return;
  // The end goes with the last event. If no event is left, it goes after a start that is still due.
  const dueEnd = (batch ? batch.last === stream.last : !start) ? end : undefined;
  // A start says who the visitor is, as far as consent allows.
  const said = start && { ...start, consent: consent(), ...(mayStore() && { ...visitor(), ...plug.device }) };
  const fields = batch
    ? { stream: stream.name, first: batch.first, gone: batch.gone, start: said, end: dueEnd }
    : (said ?? dueEnd);
  const body = toJson({
    session_id: stream.id,
    session_key: stream.key,
    site: options.site,
    sent_at: Date.now(),
    ...fields,
  });
  return {
    // Each path is one literal, because the server replaces it below a prefix (src/edge/http/neutral-names.ts).
    url: options.endpoint + (batch ? "/track/events/batch" : start ? "/track/session/start" : "/track/session/end"),
    body: batch ? `${body.slice(0, -1)},"events":[${batch.json}]}` : body,
    batch,
    finish({ ack, code }) {
      // If a batch is refused, drop its events only: the server did not read its start and end, so they are sent again. A start or
      // end that is refused by itself is not sent again.
      if (batch && code) return drop(stream, batch);
      if (batch && ack) (plug.settle ?? settle)(stream, batch, ack);
      if (stream.start === start) stream.start = undefined;
      if (stream.end === dueEnd) stream.end = undefined;
    },
  };
}
