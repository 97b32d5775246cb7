import type { EventInput } from "../protocol/events";
import { deliver } from "./delivery";
import { DATA_LEVELS } from "./limits";
import { safe } from "./safe";
import { pageUrl } from "./url";

const levels = (value: unknown): number =>
  Object(value) === value ? 1 + Math.max(0, ...Object.values(value as object).map(levels)) : 0;

/**
 * Gives an event its time and page, and sends it on its way. What would make the server refuse a whole batch stays
 * here: data that is nested too deep or in a circle, or has a key `__proto__`.
 */
export const record = safe((event: EventInput) => {
  // As text: what the page changes afterwards in its own data did not happen yet.
  const json = JSON.stringify({ ...event, timestamp: Date.now(), page: pageUrl() });
  if (levels(event.data) <= DATA_LEVELS && !/"__proto__":/.test(json)) deliver(json);
});
