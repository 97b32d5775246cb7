import type { EventInput } from "../protocol/events";
import { deliver } from "./delivery";
import { DATA_LEVELS } from "./limits";
import { safe } from "./safe";
import { cleanValue, pageUrl } from "./url";

const levels = (value: unknown): number =>
  Object(value) === value ? 1 + Math.max(0, ...Object.values(value as object).map(levels)) : 0;

/**
 * Gives an event its time and page, and sends it on its way, without secrets: only traits are what a visitor has told on
 * purpose. What would make the server refuse a whole batch stays
 * here: data that is nested too deep or in a circle, or has a key `__proto__`.
 */
export const record = safe((event: EventInput) => {
  // As text: what the page changes afterwards in its own data did not happen yet.
  const { event_type } = event;
  const page = pageUrl();
  const json = JSON.stringify({ ...event, timestamp: Date.now(), page }, (name, value) =>
    event_type === "identify" || value === event_type || value === page ? value : cleanValue(name, value),
  );
  if (levels(event.data) <= DATA_LEVELS && !/"__proto__":/.test(json)) deliver(json);
});
