import type { Channel } from "./channels";

/** Click ids: what ad networks, shops and mailers add to their links. */

export interface Click {
  /** The brand that added it. */
  source: string;
  /** The channel that such a click proves; null if both ads and other links carry it. */
  channel: Channel | null;
}

/**
 * Clicks by parameter, in lower case. The ids of ads come first: if an address has several ids, somebody has paid for the click.
 * gclid: https://support.google.com/searchads/answer/7342044, gad_…: https://support.google.com/google-ads/answer/16193746, dclid:
 * https://support.google.com/displayvideo/answer/9188083; the others, as their networks name them:
 * https://ok-digital.space/en/webanalytics/advertising-platform-click-identifiers (read on 2026-11-30).
 */
const CLICKS: Readonly<Record<string, Click>> = {
  gclid: { source: "google", channel: "paid_search" },
  // iOS lets these through instead of gclid.
  wbraid: { source: "google", channel: "paid_search" },
  gbraid: { source: "google", channel: "paid_search" },
  gad_source: { source: "google", channel: "paid_search" },
  gad_campaignid: { source: "google", channel: "paid_search" },
  dclid: { source: "doubleclick", channel: "display" },
  msclkid: { source: "bing", channel: "paid_search" },
  yclid: { source: "yandex", channel: "paid_search" },
  ttclid: { source: "tiktok", channel: "paid_social" },
  twclid: { source: "twitter", channel: "paid_social" },
  li_fat_id: { source: "linkedin", channel: "paid_social" },
  rdt_cid: { source: "reddit", channel: "paid_social" },
  sccid: { source: "snapchat", channel: "paid_social" },
  epik: { source: "pinterest", channel: "paid_social" },
  tblci: { source: "taboola", channel: "display" },
  dicbo: { source: "outbrain", channel: "display" },
  awc: { source: "awin", channel: "affiliate" },
  cjevent: { source: "cj", channel: "affiliate" },
  irclickid: { source: "impact", channel: "affiliate" },
  mc_cid: { source: "mailchimp", channel: "email" },
  // Both links of posts and links of ads carry these.
  fbclid: { source: "facebook", channel: null },
  igsh: { source: "instagram", channel: null },
  igshid: { source: "instagram", channel: null },
  ysclid: { source: "yandex", channel: null },
  srsltid: { source: "google", channel: null },
};

/**
 * The click that an address shows; null without one. An empty id does not count, because links are written by hand, and by
 * templates.
 */
export function clickOf(query: URLSearchParams): Click | null {
  const given = new Set<string>();
  for (const [name, id] of query) if (id.trim() !== "") given.add(name.toLowerCase());
  return Object.entries(CLICKS).find(([name]) => given.has(name))?.[1] ?? null;
}

/** Whether a parameter of this name, in any case, is a click id. */
export const isClickId = (name: string): boolean => Object.hasOwn(CLICKS, name.toLowerCase());
