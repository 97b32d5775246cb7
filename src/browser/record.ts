import type { EventInput } from "../protocol/events";
import { deliver } from "./delivery";
import { emit } from "./hooks";
import { DATA_LEVELS } from "./limits";
import { safe } from "./safe";
import { pageUrl } from "./url";

const levels = (value: unknown): number =>
  value && typeof value === "object" ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;

/**
 * Gives an event its time and page, and sends it on its way. What would make the server refuse a whole batch stays
 * here: data that is nested too deep or in a circle, or has a key `__proto__`.
 */
export const record = safe((event: EventInput) => {
  const full = { ...event, timestamp: Date.now(), page: pageUrl() };
  const json = JSON.stringify(full);
  if (levels(event.data) > DATA_LEVELS || /"__proto__":/.test(json)) return;
  deliver(json);
  emit("event", full);
});
