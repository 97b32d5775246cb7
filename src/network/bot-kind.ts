import table from "./tables/bots.txt";

/** What a named bot comes for. Pure. */

/**
 * `search` indexes pages for results; `training` collects text for language models; `fetch` opens a page because a person
 * asked an assistant to; `automation` is a browser that a program drives; `tool` is a program that is no browser.
 */
export const BOT_KINDS = [
  "search",
  "training",
  "fetch",
  "monitoring",
  "preview",
  "seo",
  "ads",
  "feed",
  "archive",
  "security",
  "automation",
  "tool",
  "other",
] as const;
export type BotKind = (typeof BOT_KINDS)[number];

export interface KnownBot {
  /** As its operator writes it, without a version. */
  name: string;
  kind: BotKind;
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Read when the first bot comes: most Workers' first request is a person's. */
let known: { byName: ReadonlyMap<string, KnownBot>; names: RegExp } | undefined;

function read(): NonNullable<typeof known> {
  const byName = new Map<string, KnownBot>();
  for (const line of table.split("\n")) {
    const [kind, list] = line.split(": ");
    if (!list || line.startsWith("#")) continue;
    for (const written of list.split(", ")) {
      byName.set(written.toLowerCase(), { name: written.replace(/\/.*$/, ""), kind: kind as BotKind });
    }
  }
  // Where two names begin alike the longer one has to be tried first.
  const longestFirst = [...byName.keys()].sort((a, b) => b.length - a.length);
  return { byName, names: new RegExp(`(?<![a-z])(?:${longestFirst.map(escaped).join("|")})(?![a-z])`, "i") };
}

/** A bot that the table names; null for any other. */
export function knownBot(agent: string): KnownBot | null {
  known ??= read();
  const name = known.names.exec(agent)?.[0];
  return name === undefined ? null : (known.byName.get(name.toLowerCase()) ?? null);
}

/** What a name that is in no table says of its trade. */
const WORDS: readonly (readonly [BotKind, RegExp])[] = [
  ["monitoring", /monitor|uptime|synthetic|ping|check|speed|perf|lighthouse/i],
  ["preview", /preview|unfurl|thumb|screenshot|favicon/i],
  ["seo", /seo|rank|backlink|sitemap|audit/i],
  ["feed", /rss|feed|podcast|news/i],
  ["archive", /archiv/i],
  ["security", /scan|security|vuln|probe|measure/i],
  ["automation", /headless|webdriver|puppet|phantom/i],
  ["ads", /\bads?\b|adbot|advert/i],
  ["search", /search|index/i],
  // As operators of assistants call what opens a page for a person: ChatGPT-User, Claude-User.
  ["fetch", /-user$/i],
];

export const kindByWord = (name: string): BotKind | null => WORDS.find(([, words]) => words.test(name))?.[0] ?? null;

/** The edge's categories of verified bots: https://developers.cloudflare.com/bots/concepts/bot/#categories */
const CATEGORIES: Readonly<Record<string, BotKind>> = {
  "Search Engine Crawler": "search",
  "AI Search": "search",
  "AI Crawler": "training",
  "AI Assistant": "fetch",
  "Search Engine Optimization": "seo",
  "Monitoring & Analytics": "monitoring",
  "Page Preview": "preview",
  "Feed Fetcher": "feed",
  "Advertising & Marketing": "ads",
  Archiver: "archive",
  Security: "security",
};

export const kindByCategory = (category: string): BotKind =>
  Object.hasOwn(CATEGORIES, category) ? (CATEGORIES[category] ?? "other") : "other";
