import { failed } from "../../backoff";
import { queueKey } from "../../keys";
import type { Kit } from "../../kit";
import { miss } from "./lost";

/** Moves unacked events to a new session if the server does not know theirs, or takes no more streams of it. */
export function moveOn({ options, plug, streams, retry, write, addHook, enter, forgetSession }: Kit): void {
  /** How many events were dropped before a move. They count as lost in the next session. */
  let owed = 0;
  const pay = (): void => {
    const [stream] = streams;
    if (owed && stream) miss(stream, owed);
    owed = 0;
  };
  // After a move without events, the next session begins with the next event, so the lost events are added to it then.
  addHook("event", pay);
  plug.move = (stream) => {
    const { id, name, items, gone } = stream;
    forgetSession(id);
    // Wait before the next call, so that a server that knows no session does not get a storm of new ones.
    failed(retry);
    stream.items = [];
    write(queueKey(options.site, name));
    streams.splice(streams.indexOf(stream), 1);
    for (const [from, to] of gone) owed += to - from + 1;
    for (const { json } of items) enter(json);
    if (items[0]) pay();
  };
}
