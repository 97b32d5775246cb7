import type { EventInput } from "../../protocol/events";
import { deliver } from "./delivery";
import { toJson } from "./json";
import { safe } from "./safe";

/**
 * Gives an event its time and page, and sends it on its way; data in a circle goes nowhere. `isMove`: a view of a page that may
 * be the one before.
 */
export const record = safe((event: EventInput, isMove?: boolean) =>
  // As text: what the page changes afterwards in its own data did not happen yet.
  deliver(
    toJson({ event_type: "", timestamp: Date.now(), page: location.href, ...(event as Partial<EventInput>) }),
    isMove,
  ),
);
