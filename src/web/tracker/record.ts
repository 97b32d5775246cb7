import type { EventInput } from "../../protocol/events";
import { deliver } from "./delivery";
import { toJson } from "./json";
import { safe } from "./safe";

/**
 * Gives an event its time and page, and hands it to delivery. An event whose data refers to itself is dropped. `isMove`: a view
 * after a navigation within the page, which may show the same view.
 */
export const record = safe((event: EventInput, isMove?: boolean) =>
  // As text at once, because the page may change its data afterwards.
  deliver(
    toJson({ event_type: "", timestamp: Date.now(), page: location.href, ...(event as Partial<EventInput>) }),
    isMove,
  ),
);
