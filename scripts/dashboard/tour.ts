// Every view of the dashboard, and a way to look at each in a browser.
import type { BrowserContext, Page } from "playwright-core";

interface Stop {
  name: string;
  /** Its place, without `#/`. */
  hash: string;
  /** Selector of what is there once the view has its answer. */
  ready: string;
}

const TABLE = "main table";

interface TourOptions {
  session: string;
  lead: string;
  fingerprint: string;
  site?: string;
  range?: string;
}

export function stops({ session, lead, fingerprint, site = "", range = "90d" }: TourOptions): Stop[] {
  const asked = new URLSearchParams({ range, ...(site && { site }) }).toString();
  const rest = site ? `&site=${site}` : "";
  return [
    { name: "overview", hash: `overview?${asked}`, ready: ".chart canvas" },
    { name: "live", hash: `live${site && `?site=${site}`}`, ready: ".stats" },
    { name: "pages", hash: `pages?${asked}`, ready: TABLE },
    { name: "channels", hash: `channels?${asked}`, ready: TABLE },
    { name: "sources", hash: `sources?${asked}`, ready: TABLE },
    { name: "campaigns", hash: `campaigns?${asked}`, ready: TABLE },
    { name: "countries", hash: `countries?${asked}`, ready: TABLE },
    { name: "devices", hash: `devices?${asked}`, ready: TABLE },
    { name: "engagement", hash: `engagement?${asked}`, ready: TABLE },
    { name: "sessions", hash: `sessions?${asked}`, ready: TABLE },
    { name: "session", hash: `session/${session}`, ready: ".log li" },
    { name: "session-facts", hash: `session/${session}?tab=facts`, ready: ".facts" },
    { name: "session-replay", hash: `session/${session}?tab=replay&t=7`, ready: ".stage svg" },
    { name: "fingerprints", hash: `fingerprints?${asked}`, ready: TABLE },
    { name: "fingerprint", hash: `fingerprint/${fingerprint}${rest.replace("&", "?")}`, ready: TABLE },
    { name: "identity", hash: `identity/${fingerprint}${rest.replace("&", "?")}`, ready: ".graph svg" },
    { name: "leads", hash: `leads?${asked}`, ready: TABLE },
    { name: "lead", hash: `lead/${lead}`, ready: ".facts" },
    { name: "deliveries", hash: `deliveries?${asked}`, ready: "main table, main .notice" },
    { name: "anomalies", hash: `anomalies?${asked}`, ready: "main table, main .notice" },
    { name: "quality", hash: `quality?${asked}`, ready: TABLE },
    { name: "storage", hash: "storage?range=7d", ready: ".stats" },
    { name: "sites", hash: "sites", ready: TABLE },
    { name: "site", hash: "site/shop", ready: ".settings" },
    { name: "keys", hash: "keys", ready: "main table, main .notice" },
    { name: "keys-audit", hash: "keys?tab=audit", ready: "main table, main .notice" },
  ];
}

/** A page whose tab has the key already. */
export async function signedIn(context: BrowserContext, key: string) {
  await context.addInitScript((value) => sessionStorage.setItem("pulsegate.key", value), key);
  return context.newPage();
}

/** Goes to a view, and waits until it has all of its answers. */
export async function visit(page: Page, url: string, stop: Stop, timeout = 45_000) {
  await page.goto(`${url}/dashboard#/${stop.hash}`);
  await page.waitForSelector(stop.ready, { timeout });
  await settled(page, timeout);
}

/** Waits until no part of the view is waiting for an answer. */
export const settled = (page: Page, timeout = 45_000) =>
  page.waitForFunction(() => !document.querySelector("main .waiting, main .held"), undefined, { timeout });
