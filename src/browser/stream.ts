import type { StartInput } from "../protocol/track";
import { who } from "./consent";
import { streamName } from "./ids";
import { options } from "./options";
import { pageUrl } from "./page";
import { type By, newQueue, type Queue } from "./queue";
import type { Reply } from "./reply";

/** A call that is ready to go out. */
export interface Call {
  /** Below /track. */
  path: string;
  /** A JSON object. */
  body: string;
  hasEvents: boolean;
  /** Takes the server's final word. What it refused is not sent again. */
  settle(reply: Reply): void;
}

/** This page load's part of one session: its events, and the start and end that are due with them. */
export interface Stream {
  /** The session's. */
  id: string;
  queue: Queue;
  /** True while the server has not confirmed everything. Without an event there is nothing to start. */
  isDue(): boolean;
  /** Says the start again with the next call, because consent changed. */
  restart(): void;
  /** Ends the session with the last event, or by a call of its own. */
  finish(): void;
  /** The next call, its events marked as taken; none when there is nothing, or all is in flight. */
  next(by: By): Call | undefined;
}

export function newStream(id: string, facts: StartInput): Stream {
  const queue = newQueue();
  const stream = streamName();
  // Set while the server has not confirmed them; another object when they say something else than before.
  let start: object | undefined = {};
  let end: object | undefined;

  const isDue = (): boolean => queue.size() > 0 || (queue.last() > 0 && Boolean(start ?? end));

  const next = (by: By): Call | undefined => {
    const batch = queue.take(by);
    if (!batch && (queue.size() > 0 || !isDue())) return undefined;
    const dueStart = start;
    // Nothing overtakes the end: it waits for the last event, and for a start that goes alone.
    const dueEnd = (batch ? batch.last === queue.last() : !start) ? end : undefined;
    const said = dueStart && { ...facts, ...who() };
    const fields = batch
      ? { stream, first: batch.first, gone: batch.gone, start: said, end: dueEnd }
      : (said ?? dueEnd);
    const body = JSON.stringify({ session_id: id, site: options.site, sent_at: Date.now(), ...fields });
    return {
      path: batch ? "events/batch" : said ? "session/start" : "session/end",
      body: batch ? `${body.slice(0, -1)},"events":[${batch.json}]}` : body,
      hasEvents: Boolean(batch),
      settle({ ack, code }) {
        if (batch && code) queue.drop(batch);
        else if (batch && ack) queue.settle(batch, ack);
        // With a refused batch its start and end were not heard; refused by themselves, they are not sent again.
        if (batch && code) return;
        if (start === dueStart) start = undefined;
        if (end === dueEnd) end = undefined;
      },
    };
  };

  return {
    ...{ id, queue, isDue, next },
    restart() {
      start = {};
    },
    finish() {
      end = { timestamp: Date.now(), exit_page: pageUrl() };
    },
  };
}
