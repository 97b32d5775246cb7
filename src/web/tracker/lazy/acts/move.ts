import { failed } from "../../backoff";
import { queueKey } from "../../keys";
import type { Kit } from "../../kit";
import { miss } from "./lost";

/** Moves on with what is unacked where the server does not know a session, or takes no more streams of it. */
export function moveOn({ options, plug, streams, retry, write, addHook, enter, forgetSession }: Kit): void {
  /** Events that were dropped before a move: they count as lost in the next session. */
  let owed = 0;
  const pay = (): void => {
    const [stream] = streams;
    if (owed && stream) miss(stream, owed);
    owed = 0;
  };
  // A move without an event has no session yet.
  addHook("event", pay);
  plug.move = (stream) => {
    const { id, name, items, gone } = stream;
    forgetSession(id);
    // Were the next one unknown too, this must not become a storm of new sessions.
    failed(retry);
    stream.items = [];
    write(queueKey(options.site, name));
    streams.splice(streams.indexOf(stream), 1);
    for (const [from, to] of gone) owed += to - from + 1;
    for (const { json } of items) enter(json);
    if (items[0]) pay();
  };
}
