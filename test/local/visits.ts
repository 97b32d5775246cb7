// Visits as a tracker would send them, for views that need something to show.
import { randomUUID } from "node:crypto";

const PAGES = ["/", "/pricing", "/docs/start", "/blog/why-edge", "/contact"];
const REFERRERS = ["https://www.google.com/", "https://news.example/article", "", "https://chat.example/t/42"];
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
];

interface Visit {
  /** The same number makes the same visit. */
  i: number;
  site?: string;
  /** Without an end: still on the site. */
  stays?: boolean;
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

export function visitOf({ i, site = "shop", stays = false }: Visit) {
  const sent_at = Date.now();
  const length = 8_000 + (i % 7) * 4_000;
  const began = sent_at - length;
  const page = (n: number) => `https://shop.example${pick(PAGES, i + n)}`;
  const events: Record<string, unknown>[] = [{ event_type: "page_view", timestamp: began, page: page(0) }];
  for (let n = 1; n <= 10 + (i % 9); n++) {
    const timestamp = began + Math.round((length * n) / 20);
    const x = 120 + ((i * 37 + n * 53) % 700);
    const y = 90 + ((i * 29 + n * 71) % 500);
    if (n % 4 === 0) events.push({ event_type: "click", timestamp, page: page(0), x, y, element: "main > a.card" });
    else if (n % 5 === 0)
      events.push({ event_type: "scroll", timestamp, page: page(0), scroll_percent: Math.min(100, n * 9) });
    else {
      const path = Array.from({ length: 12 }, (_, k) => [
        k ? 40 : 0,
        x - 110 + k * 10,
        Math.round(y - 30 + 25 * Math.sin(k / 2)),
      ]);
      events.push({ event_type: "mousemove", timestamp, page: page(0), x, y, data: { path } });
    }
  }
  if (i % 3 === 0) {
    const form = { form: "contact", field: "email" };
    events.push(
      { event_type: "page_view", timestamp: began + length * 0.7, page: page(1) },
      { event_type: "form_focus", timestamp: began + length * 0.8, page: page(1), data: { ...form, type: "email" } },
      { event_type: "form_change", timestamp: began + length * 0.9, page: page(1), data: { ...form, ms: 2_400 } },
      {
        event_type: "form_submit",
        timestamp: sent_at - 100,
        page: page(1),
        data: { form: "contact", ms: 4_000, fields: 3 },
      },
    );
  }
  const session_id = randomUUID();
  return {
    session_id,
    site,
    stream: `page-${i}`,
    first: 1,
    sent_at,
    start: {
      page: `${page(0)}?utm_campaign=${pick(["spring", "brand", "retarget"], i)}`,
      site,
      visitor_id: `visitor-${i % 20}`,
      fingerprint_id: `fingerprint-${i % 12}`,
      referrer: pick(REFERRERS, i),
      device_info: { user_agent: pick(AGENTS, i), language: "en-GB", languages: ["en-GB"], timezone: "Europe/Berlin" },
      screen: { width: 1440, height: 900, pixel_ratio: 2 },
      signals: { webdriver: i % 8 === 7, plugins: i % 8 === 7 ? 0 : 5, chrome: true, touch: 0 },
    },
    events,
    ...(!stays && { end: { exit_page: page(1) } }),
  };
}

/** Sends a visit as the page would and returns its session id. */
export async function sendVisit(url: string, visit: Visit) {
  const body = visitOf(visit);
  const response = await fetch(`${url}/track/events/batch`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Origin: "https://shop.example",
      "User-Agent": pick(AGENTS, visit.i),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`a visit was answered with ${response.status}: ${await response.text()}`);
  return body.session_id;
}
