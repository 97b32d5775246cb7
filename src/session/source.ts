import type { DeviceInfo } from "../protocol/track";

/** Where a session came from and on what, in the classes that aggregates and filters use. Pure. */

export interface Source {
  /** `utm_source`, else the network of an ad's click id, else the referring host; `direct` without any. */
  source: string;
  /** `utm_campaign`; null without one. */
  campaign: string | null;
}

/** What ad networks add to the links they are paid for. */
const CLICK_IDS = { gclid: "google", fbclid: "facebook", msclkid: "bing", ttclid: "tiktok" } as const;

const MAX_NAME_UNITS = 64;

/** In lower case, because campaigns are typed by hand; cut, because a URL may hold anything. */
const named = (value: string | null | undefined): string | null =>
  value?.trim().toLowerCase().slice(0, MAX_NAME_UNITS) || null;

const hostOf = (url: string): string => new URL(url).hostname.replace(/^www\./, "");

/** The host a visitor came from; null for none, and for the page's own. */
export function referrerHost(entryPage: string, referrer: string | null): string | null {
  const from = referrer !== null && URL.canParse(referrer) ? hostOf(referrer) : null;
  return from !== null && (!URL.canParse(entryPage) || from !== hostOf(entryPage)) ? named(from) : null;
}

export function sourceOf(entryPage: string, referrer: string | null): Source {
  const entry = URL.parse(entryPage);
  const query = entry?.searchParams;
  const clicked = Object.entries(CLICK_IDS).find(([name]) => query?.has(name))?.[1];
  return {
    source: named(query?.get("utm_source")) ?? clicked ?? referrerHost(entryPage, referrer) ?? "direct",
    campaign: named(query?.get("utm_campaign")),
  };
}

/** A page as aggregates name it: without query and fragment, which differ from visit to visit. */
export const pageName = (url: string): string => url.split(/[?#]/, 1)[0] ?? url;

export type DeviceClass = "desktop" | "mobile" | "tablet" | "unknown";

/** By the user agent's own words: https://developer.mozilla.org/docs/Web/HTTP/Browser_detection_using_the_user_agent */
export function deviceClass(device: DeviceInfo | null): DeviceClass {
  const agent = device?.user_agent;
  if (!agent) return "unknown";
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobi)/i.test(agent)) return "tablet";
  return /Mobi|iPhone|iPod/i.test(agent) ? "mobile" : "desktop";
}
