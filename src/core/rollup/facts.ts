import { BUILT_IN_TYPES } from "../../protocol/types";
import { SECOND_MS } from "../../time";
import { kindByCategory } from "../network/bot-kind";
import { type BotProof, botProof } from "../network/visitor";
import { SCORES, type ScoreName } from "../scoring/ledger";
import { readStreams } from "../session/delivered";
import { readCounts, readViews, sumOf } from "../session/tallies";
import { nameAmong } from "../sources/page";
import { referrerHost } from "../sources/referrer";
import { DIRECT } from "../sources/source";

/** A visit of one page is a bounce below this: the threshold of GA4's "engaged session". */
export const BOUNCE_ENGAGED_MS = 10 * SECOND_MS;
/** A `vpn` score from which a session counts as behind one: more evidence for it than against. */
export const VPN_LIKELY = 50;

/** What aggregates read of a session's row. */
export interface Facts {
  site: string;
  visitor_id: string | null;
  started_at: number;
  last_event_at: number;
  country: string | null;
  label: string | null;
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  events: number;
  source: string;
  /** One of `CHANNELS`. */
  channel: string;
  campaign: string | null;
  medium: string | null;
  term: string | null;
  content: string | null;
  /** Host the visitor came from; null for none, and for a page of the same host. */
  referrer: string | null;
  /** ISO 3166-2 without the country. */
  region: string | null;
  browser: string | null;
  os: string | null;
  device: string;
  /** The bot that the visitor says it is, what that comes for, and whether the edge has checked it; null for none. */
  bot_name: string | null;
  bot_kind: string | null;
  bot_proof: BotProof | null;
  page_views: number;
  /** ms */
  engaged_ms: number;
  /** 0-100 */
  scroll: number;
  entry: string;
  /** Page views by page, the entry page among them even if it was never viewed. */
  views: Readonly<Record<string, number>>;
  /** Events by type, late ones left out. */
  counts: Readonly<Record<string, number>>;
  expected: number;
  missing: number;
  /** Streams left out of both. */
  implausible: number;
  /** Leads won in it: its submits that made a lead, or opened one anew. */
  leads: number;
  /** Leads submitted in it, those among them that made none: more of an open lead, or without consent. */
  lead_submits: number;
  /** Of a bot: the rules whose points made it one. */
  rules: readonly string[];
}

/** A conversion whose session is not among the rows: it counts by itself, for nothing but its site. */
export interface LooseLead {
  site: string;
  /** When it came in, epoch ms. */
  at: number;
  /** The verdict at the time it came in. */
  label: string | null;
}

/** A session's class in every rollup: verdicts change, so they are split, never left out. */
export const isBot = (facts: Pick<Facts, "label">): boolean => facts.label === "bot";

/** At most one page view, less than ten seconds engaged, no lead, and no custom event. */
export const isBounce = ({ page_views, engaged_ms, leads, lead_submits, counts }: Facts): boolean =>
  page_views <= 1 &&
  engaged_ms < BOUNCE_ENGAGED_MS &&
  leads === 0 &&
  lead_submits === 0 &&
  !Object.keys(counts).some(isCustom);

/** A site's own event type, or the built-in one for all of them. */
const isCustom = (type: string): boolean => type === "custom" || !BUILT_IN_TYPES.has(type);

/** What a question may filter by, and have answered from rollups. Scores go by bands of ten. */
export const DIMENSIONS = [
  ...(["country", "page", "source", "campaign", "device", "label"] as const),
  ...SCORES,
  "channel",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Stands for what is not known: no country, no verdict, no score. */
export const NONE = "";

/** The band of a score: `7` is 70 to 79, `9` is 90 to 100. */
export const bandOf = (score: number | null): string =>
  score === null ? NONE : String(Math.min(9, Math.floor(score / 10)));

/** A score of at least `band` × 10, and one of at most `band` × 10 + 9: what `min_` and `max_` ask for. */
export const atLeast = (band: number): string => `${band}+`;
export const atMost = (band: number): string => `${band}-`;

/**
 * The ranges of several bands that a score lies in, from one end of the scale. Bands add up to a range's sums, but not to
 * its visitors, who may be in more than one.
 */
export function crowdsOf(facts: Facts, score: ScoreName): string[] {
  const band = bandOf(facts[score]);
  if (band === NONE) return [];
  const own = Number(band);
  return Array.from({ length: 9 }, (_, i) => (i < own ? atLeast(i + 1) : atMost(i)));
}

const textsOf = (text: string | null): string[] => (text === null ? [] : [text]);

export function valuesOf(facts: Facts, dimension: Dimension): string[] {
  switch (dimension) {
    case "page":
      return Object.keys(facts.views);
    case "source":
    case "channel":
    case "device":
      return [facts[dimension]];
    case "country":
    case "label":
      return [facts[dimension] ?? NONE];
    case "campaign":
      return textsOf(facts.campaign);
    default:
      return [bandOf(facts[dimension])];
  }
}

/** The sums every slice has, in the order they are stored. New ones go to the end: what is stored may be shorter. */
export const TOTALS = [
  ...(["sessions", "events", "page_views", "bounces", "engaged_ms", "scroll"] as const),
  ...(["submits", "vpn", "expected", "missing", "leads", "implausible"] as const),
] as const;
export type Total = (typeof TOTALS)[number];

export const totalsOf = (facts: Facts): number[] => [
  ...[1, facts.events, facts.page_views, isBounce(facts) ? 1 : 0, facts.engaged_ms, facts.scroll],
  ...[facts.counts["form_submit"] ?? 0, (facts.vpn ?? 0) >= VPN_LIKELY ? 1 : 0, facts.expected, facts.missing],
  ...[facts.leads, facts.implausible],
];

/** What a loose lead adds. */
export const LEAD_TOTALS: readonly number[] = TOTALS.map((name) => (name === "leads" ? 1 : 0));

/** What sessions are broken down by. */
export const PARTS = [
  ...(["country", "page", "source", "campaign", "device", "label", "engagement", "type"] as const),
  ...(["region", "referrer", "browser", "os", "rule"] as const),
  ...(["channel", "medium", "term", "content"] as const),
  ...(["bot_kind", "bot_name", "bot_proof"] as const),
] as const;
export type Part = (typeof PARTS)[number];

/**
 * Each value of a breakdown that a session counts for, with its sums; the first sum ranks the value. Of pages: views,
 * sessions, entries, bounces. Of types: events, sessions. Of all others: sessions, events, page views, bounces, engaged
 * ms, leads.
 */
export function partsOf(facts: Facts, part: Part): [value: string, sums: number[]][] {
  if (part === "type") return Object.entries(facts.counts).map(([type, events]) => [type, [events, 1]]);
  const bounced = isBounce(facts) ? 1 : 0;
  if (part === "page") {
    return Object.entries(facts.views).map(([page, views]) => {
      const entered = page === facts.entry ? 1 : 0;
      return [page, [views, 1, entered, entered * bounced]];
    });
  }
  const sums = [1, facts.events, facts.page_views, bounced, facts.engaged_ms, facts.leads];
  return namesOf(facts, part).map((value) => [value, sums]);
}

function namesOf(facts: Facts, part: Exclude<Part, "type" | "page">): readonly string[] {
  switch (part) {
    case "rule":
      return facts.rules;
    case "bot_kind":
    case "bot_name":
    case "bot_proof":
      return isBot(facts) ? [facts[part] ?? NONE] : [];
    case "region":
      return [facts.region === null || facts.country === null ? NONE : `${facts.country}-${facts.region}`];
    case "medium":
    case "term":
    case "content":
      return textsOf(facts[part]);
    case "referrer":
    case "browser":
    case "os":
      return [facts[part] ?? NONE];
    default:
      return valuesOf(facts, part);
  }
}

/** The columns of a row, and what is taken out of its `detail`, in this order. */
export interface FactsRow
  extends Pick<Facts, "site" | "visitor_id" | "started_at" | "last_event_at" | "country" | "label"> {
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  events: number;
  leads: number;
  /** Of a bot: the rules whose points made it one. */
  rules: readonly string[];
  /** JSON array. */
  detail: string;
}

/** In both forms of a `detail` (src/data/store/session-row/form.ts): what one does not have is null. */

export const DETAIL_PATHS = [
  ...["$.source", "$.campaign", "$.device_class", "$.page_views", "$.engaged_ms", "$.scroll_percent", "$.entry_page"],
  ...["$.views", "$.counts", "$.completeness.expected", "$.completeness.missing"],
  ...["$.referrer", "$.network.region", "$.network.agent.browser", "$.network.agent.os"],
  ...["$.from", "$.acts", "$.streams", "$.client[0][0]", "$.client[0][1][0]", "$.client[0][1][1]"],
  ...["$.client[3]", "$.client[0][1][4]", "$.client[0][1][6]", "$.client[0][17]"],
  ...["$.network.agent.bot", "$.network.agent.bot_kind", "$.network.verified_bot"],
] as const;

const isText = (value: unknown): value is string => typeof value === "string";
const textOf = (...values: unknown[]): string | null => values.find(isText) ?? null;
const numberOf = (value: unknown, otherwise = 0): number => (typeof value === "number" ? value : otherwise);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A row as facts; what an older row does not say is nothing. */
export function readFacts({ detail, ...row }: FactsRow): Facts {
  const [source, campaign, device, page_views, engaged_ms, scroll, entry, views, counts, expected, missing, ...more] =
    JSON.parse(detail) as unknown[];
  const [referrer, region, browser, os, from, acts, streams, ...places] = more;
  const [deviceAt, sourceAt, referrerAt, campaignAt, , channelAt, mediumAt, termAt, contentAt] = listOf(from);
  const [engagedAt, scrollAt, , , , , submitsAt] = listOf(acts);
  const [regionAt, browserAt, osAt, seen, ...bots] = places;
  const { implausible, ...delivered } = readStreams(listOf(streams).map(listOf));
  const visitor = readVisitor(seen, textOf(browser, browserAt), textOf(os, osAt), bots);
  const viewed = readViews(views);
  const entered = isText(entry) ? nameAmong(entry, viewed) : (Object.keys(viewed)[0] ?? "");
  return {
    ...row,
    source: textOf(source, sourceAt) ?? DIRECT,
    channel: textOf(channelAt) ?? DIRECT,
    campaign: textOf(campaign, campaignAt),
    medium: textOf(mediumAt),
    term: textOf(termAt),
    content: textOf(contentAt),
    device: textOf(device, deviceAt) ?? "unknown",
    page_views: numberOf(page_views, sumOf(viewed)),
    engaged_ms: numberOf(engaged_ms, numberOf(engagedAt)),
    lead_submits: numberOf(submitsAt),
    scroll: numberOf(scroll, numberOf(scrollAt)),
    entry: entered,
    views: viewed,
    counts: readCounts(counts),
    expected: numberOf(expected, delivered.expected),
    missing: numberOf(missing, delivered.missing),
    implausible,
    referrer: referrerHost(entered, textOf(referrer, referrerAt)),
    region: textOf(region, regionAt),
    ...visitor,
  };
}

type VisitorFacts = Pick<Facts, "browser" | "os" | "bot_name" | "bot_kind" | "bot_proof">;

/** `seen`: what the row holds of it where the agent of the request is not all there is. */
function readVisitor(seen: unknown, browser: string | null, os: string | null, bots: unknown[]): VisitorFacts {
  const [nameAt, kindAt, verifiedAt, name, kind, verified] = bots;
  const category = textOf(verified, verifiedAt);
  const known = { browser, os, bot_name: textOf(name, nameAt), bot_kind: textOf(kind, kindAt) };
  const [seenBrowser, seenOs, seenName, seenKind] = listOf(seen);
  const visitor = Array.isArray(seen)
    ? { browser: textOf(seenBrowser), os: textOf(seenOs), bot_name: textOf(seenName), bot_kind: textOf(seenKind) }
    : known;
  const bot_kind = visitor.bot_kind ?? (category ? kindByCategory(category) : null);
  return { ...visitor, bot_kind, bot_proof: botProof(visitor.bot_name, category) };
}
