import type { DeviceInfo } from "../protocol/track";

/** On what a session came, in the classes that aggregates and filters use. Pure. */

export type DeviceClass = "desktop" | "mobile" | "tablet" | "unknown";

/** By the user agent's own words: https://developer.mozilla.org/docs/Web/HTTP/Browser_detection_using_the_user_agent */
export function deviceClass(device: DeviceInfo | null): DeviceClass {
  const agent = device?.user_agent;
  if (!agent) return "unknown";
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobi)/i.test(agent)) return "tablet";
  return /Mobi|iPhone|iPod/i.test(agent) ? "mobile" : "desktop";
}
