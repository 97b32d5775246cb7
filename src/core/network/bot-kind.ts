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

/**
 * Names that a person's browser may carry: readers of feeds and programs that fetch, apps that open pages within
 * themselves, and words that are short or common.
 */
const KINDS_OF_PEOPLE: ReadonlySet<string> = new Set(["tool", "feed"]);
const NAMES_OF_PEOPLE: ReadonlySet<string> = new Set(
  [
    "WhatsApp/",
    "Tumblr/",
    "Mastodon/",
    "Pinterest/0.",
    "Rigor",
    "Ryte",
    "Lumar",
    "Wayback",
    "Expanse",
    "Percy",
    "YLT",
  ].map((name) => name.toLowerCase()),
);

interface Table {
  byName: ReadonlyMap<string, KnownBot>;
  all: RegExp;
  /** Without the names that a person's browser may carry. */
  ofBotsAlone: RegExp;
}

/** Read when the first agent comes. */
let known: Table | undefined;

function read(): Table {
  const byName = new Map<string, KnownBot>();
  for (const line of table.split("\n")) {
    const [kind, list] = line.split(": ");
    if (!list || line.startsWith("#")) continue;
    for (const written of list.split(", ")) {
      byName.set(written.toLowerCase(), { name: written.split("/", 1)[0] ?? written, kind: kind as BotKind });
    }
  }
  const isOfBots = ([name, { kind }]: [string, KnownBot]) => !KINDS_OF_PEOPLE.has(kind) && !NAMES_OF_PEOPLE.has(name);
  const ofBots = [...byName].filter(isOfBots).map(([name]) => name);
  return { byName, all: anyOf([...byName.keys()]), ofBotsAlone: anyOf(ofBots) };
}

function anyOf(names: string[]): RegExp {
  // If two names begin alike, the longer one has to be tried first.
  const longestFirst = names.sort((a, b) => b.length - a.length);
  return new RegExp(`(?<![a-z])(?:${longestFirst.map(escaped).join("|")})(?![a-z])`, "i");
}

function botBy(names: "all" | "ofBotsAlone", agent: string): KnownBot | null {
  known ??= read();
  const name = known[names].exec(agent)?.[0];
  return name === undefined ? null : (known.byName.get(name.toLowerCase()) ?? null);
}

/** A bot that the table names, even if the agent is a browser's; null for any other. */
export const knownBehindBrowser = (agent: string): KnownBot | null => botBy("ofBotsAlone", agent);

/** A bot that the table names; null for any other. The bot's own name comes before the name of the tool that it is written with. */
export const knownBot = (agent: string): KnownBot | null => knownBehindBrowser(agent) ?? botBy("all", agent);

/** What words in a name that is in no table say of the bot's kind. */
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
  // Operators of assistants give names like these to the bot that opens a page for a person: ChatGPT-User, Claude-User.
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
