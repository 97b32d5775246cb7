import type { EventInput } from "../protocol/events";
import { deliver } from "./delivery";
import { emit } from "./hooks";
import { toJson } from "./json";

/** Gives an event its time and page, and sends it on its way. `isMove`: a view of a page that may be the one before. */
export function record(event: EventInput, isMove?: boolean): void {
  try {
    // As text: what the page changes afterwards in its own data did not happen yet.
    deliver(toJson({ ...event, timestamp: Date.now(), page: location.href }), isMove);
  } catch {
    // Data in a circle.
    emit("rejected", { events: [event] });
  }
}
