import type { Load } from "../lazy";

export interface ViewEntry {
  title: string;
  load: Load;
  /** The menu entry that is marked for this view, if not its own. */
  within?: string;
}

const breakdown: Load = () => import("./breakdown");

/** Views by their name in the URL. Each is a chunk of its own. */
export const VIEWS: Readonly<Record<string, ViewEntry>> = {
  overview: { title: "Overview", load: () => import("./overview") },
  live: { title: "Live", load: () => import("./live") },
  pages: { title: "Pages", load: breakdown },
  sources: { title: "Sources", load: breakdown },
  channels: { title: "Channels", load: breakdown },
  campaigns: { title: "Campaigns", load: breakdown },
  media: { title: "Media", load: breakdown, within: "campaigns" },
  terms: { title: "Terms", load: breakdown, within: "campaigns" },
  contents: { title: "Contents", load: breakdown, within: "campaigns" },
  countries: { title: "Countries", load: breakdown },
  devices: { title: "Devices", load: breakdown },
  engagement: { title: "Engagement", load: () => import("./engagement") },
  sessions: { title: "Sessions", load: () => import("./sessions") },
  session: { title: "Session", load: () => import("./session"), within: "sessions" },
  fingerprints: { title: "Fingerprints", load: () => import("./fingerprints") },
  fingerprint: { title: "Fingerprint", load: () => import("./fingerprint"), within: "fingerprints" },
  identity: { title: "Identity network", load: () => import("./identity"), within: "fingerprints" },
  leads: { title: "Leads", load: () => import("./leads") },
  lead: { title: "Lead", load: () => import("./lead"), within: "leads" },
  deliveries: { title: "Deliveries", load: () => import("./deliveries") },
  anomalies: { title: "Anomalies", load: () => import("./anomalies") },
  quality: { title: "Data quality", load: () => import("./quality") },
  storage: { title: "Storage", load: () => import("./storage") },
  sites: { title: "Sites", load: () => import("./sites") },
  site: { title: "Settings of a site", load: () => import("./site"), within: "sites" },
  keys: { title: "Keys", load: () => import("./keys") },
};

export const GROUPS: readonly { title: string; views: readonly string[] }[] = [
  { title: "Now", views: ["overview", "live"] },
  { title: "Traffic", views: ["pages", "channels", "sources", "campaigns", "countries", "devices", "engagement"] },
  { title: "Visitors", views: ["sessions", "fingerprints"] },
  { title: "Leads", views: ["leads", "deliveries"] },
  { title: "Trust", views: ["anomalies", "quality"] },
  { title: "Operation", views: ["storage", "sites", "keys"] },
];
