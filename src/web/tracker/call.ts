import { consent, mayStore } from "./consent";
import { streamName } from "./ids";
import { toJson } from "./json";
import { options } from "./options";
import { startFacts } from "./page";
import { plug } from "./plug";
import { type By, drop, type Stream, settle, take } from "./queue";
import type { Call } from "./reply";
import { type Session, visitor } from "./session";

/** A stream for what happens from now on, `page` as its first, and `referrer` what led there. */
export const newStream = (session: Session, page: string, referrer: string): Stream => ({
  id: session.id,
  key: session.key,
  name: streamName(),
  start: startFacts(page, referrer),
  last: 0,
  items: [],
  gone: [],
});

/** The next call, its events marked as taken; undefined when there is nothing, or all is in flight. */
export function nextCall(stream: Stream, by: By, room: number): Call | undefined {
  const { start, end } = stream;
  const batch = take(stream, by, room);
  // Without an event there is nothing to start, nor to end.
  if (!batch && (stream.items[0] || !stream.last || !(start ?? end))) return;
  // Nothing overtakes the end: it waits for the last event, and for a start that goes alone.
  const dueEnd = (batch ? batch.last === stream.last : !start) ? end : undefined;
  // Who this is, a start says as far as consent goes.
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
    // Each path as a whole: below a prefix the server puts another in its place (src/edge/http/neutral.ts).
    url: options.endpoint + (batch ? "/track/events/batch" : start ? "/track/session/start" : "/track/session/end"),
    body: batch ? `${body.slice(0, -1)},"events":[${batch.json}]}` : body,
    batch,
    finish({ ack, code }) {
      // With a refused batch its start and end were not heard; refused by themselves, they are not sent again.
      if (batch && code) return drop(stream, batch);
      if (batch && ack) (plug.settle ?? settle)(stream, batch, ack);
      if (stream.start === start) stream.start = undefined;
      if (stream.end === dueEnd) stream.end = undefined;
    },
  };
}
