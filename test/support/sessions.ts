import type { MadeLead, MadeSession } from "./rows";

const PAGES = ["/", "/pricing", "/blog/a?x=1", "/blog/b#top", "/cart", "/docs"].map(
  (path) => `https://shop.example${path}`,
);
const REFERRERS = [null, null, "https://www.google.com/search", "https://news.example/a", "https://shop.example/"];
const CAMPAIGNS = [
  "",
  "",
  "",
  "?utm_source=Newsletter&utm_campaign=Spring",
  "?gclid=x",
  "?utm_source=ads&utm_medium=Banner&utm_campaign=summer",
];
const LABELS = ["human", "human", "human", "suspect", "bot", null];
const TYPES = ["click", "scroll", "form_submit", "shop.add"];

/** Sessions begun in [from, from + span), of about a third as many visitors, with every kind of gap in what is known. */
export function makeSessions(random: () => number, count: number, from: number, span: number): MadeSession[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const upTo = (max: number): number => Math.floor(random() * (max + 1));
  const score = (): number | null => (random() < 0.1 ? null : upTo(100));
  const id = (): string => Array.from({ length: 32 }, () => upTo(15).toString(16)).join("");
  return Array.from({ length: count }, () => {
    const entry = `${pick(PAGES).split(/[?#]/)[0]}${pick(CAMPAIGNS)}`;
    const views: Record<string, number> = {};
    for (let i = upTo(3); i > 0; i--) views[pick(PAGES).split(/[?#]/)[0] ?? ""] = 1 + upTo(2);
    const page_view = Object.values(views).reduce((sum, n) => sum + n, 0);
    const counts: Record<string, number> = page_view > 0 ? { page_view } : {};
    for (let i = upTo(3); i > 0; i--) counts[pick(TYPES)] = 1 + upTo(8);
    const started_at = from + Math.floor(random() * span);
    return {
      session_id: id().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
      site: random() < 0.8 ? "default" : "blog",
      visitor_id: random() < 0.1 ? null : `v${upTo(Math.ceil(count / 3))}`,
      started_at,
      last_event_at: started_at + upTo(3_600_000),
      country: pick(["DE", "DE", "US", "FR", null]),
      label: pick(LABELS),
      engagement: score(),
      bot: score(),
      vpn: score(),
      risk: score(),
      entry_page: entry,
      referrer: pick(REFERRERS),
      device_class: pick(["desktop", "mobile", "tablet"]),
      engaged_ms: upTo(40_000),
      scroll_percent: upTo(100),
      views,
      counts,
      missing: upTo(2),
      region: pick(["BE", "BY", null]),
      browser: pick(["safari", "chrome", null]),
      os: pick(["ios", "windows"]),
      rules: pick([[], ["bot.a"], ["bot.a", "bot.b"], ["quiet"]]),
      ...pick(NAMED_BOTS),
    };
  });
}

const nobody = { bot_name: null, bot_kind: null, verified_bot: null };
const NAMED_BOTS = [
  nobody,
  { ...nobody, bot_name: "GPTBot", bot_kind: "training" },
  { ...nobody, bot_name: "Googlebot", bot_kind: "search", verified_bot: "Search Engine Crawler" },
  // Its agent is a browser's, and its address the operator's.
  { ...nobody, verified_bot: "Page Preview" },
];

/** A lead for about every `nth` session, and as many of no session, or of one that is not there. */
export function makeLeads(random: () => number, sessions: readonly MadeSession[], nth: number): MadeLead[] {
  const chosen = sessions.filter(() => random() < 1 / nth);
  return chosen.flatMap((session): MadeLead[] => {
    const { site, session_id, started_at, label } = session;
    const created_at = started_at + Math.floor(random() * 7_200_000);
    const loose = random() < 0.5 ? null : crypto.randomUUID();
    return [
      { lead_id: crypto.randomUUID(), site, created_at, session_id, label: "human" },
      { lead_id: crypto.randomUUID(), site, created_at, session_id: loose, label },
    ];
  });
}
