import { BUILT_IN_TYPES } from "../../protocol/types";
import { SECOND_MS } from "../../time";
import { kindByCategory } from "../network/bot-kind";
import { type BotProof, botProof } from "../network/visitor";
import { SCORES, type ScoreName } from "../scoring/ledger";
import { readStreams } from "../session/delivered";
import { readCounts, readViews, sumOf } from "../session/fold/tallies";
import { nameAmong } from "../sources/page";
import { referrerHost } from "../sources/referrer";
import { DIRECT } from "../sources/source";

/** A visit of one page is a bounce if its engaged time is below this: the threshold of GA4's "engaged session". */
export const BOUNCE_ENGAGED_MS = 10 * SECOND_MS;
/** From this `vpn` score on, a session counts as behind a VPN: there is more evidence for one than against. */
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
  /** The bot that the visitor says it is, what it comes for, and whether the edge has checked it; null for none. */
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
  /** Streams left out of `expected` and `missing`. */
  implausible: number;
  /** Leads won in it: its submits that made a lead, or opened one anew. */
  leads: number;
  /** Leads submitted in it, also those that made no new lead: more of an open lead, or without consent. */
  lead_submits: number;
  /** For a bot: the rules whose points made it one. */
  rules: readonly string[];
}

/** A conversion whose session has no row. It counts by itself, and only for its site. */
export interface LooseLead {
  site: string;
  /** When it came in, epoch ms. */
  at: number;
  /** The verdict at the time it came in. */
  label: string | null;
}

/** A session's class in every rollup. Because verdicts change, bots are kept in a class of their own and never left out. */
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

/** The filters that can be answered from rollups. Scores are kept by bands of ten. */
export const DIMENSIONS = ["country", "page", "source", "campaign", "device", "label", ...SCORES, "channel"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Stands for what is not known: no country, no verdict, no score. */
export const NONE = "";

/** The band of a score: `7` is 70 to 79, `9` is 90 to 100. */
export const tenthOf = (score: number | null): string =>
  score === null ? NONE : String(Math.min(9, Math.floor(score / 10)));

/** A score of at least `band` × 10, and one of at most `band` × 10 + 9: what `min_` and `max_` ask for. */
export const atLeast = (band: number): string => `${band}+`;
export const atMost = (band: number): string => `${band}-`;

/**
 * The ranges of bands, from either end of the scale, that a score lies in. They are kept because bands add up to a range's sums,
 * but not to its visitors, who may be in more than one band.
 */
export function crowdsOf(facts: Facts, score: ScoreName): string[] {
  const band = tenthOf(facts[score]);
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
      return [tenthOf(facts[dimension])];
  }
}

/**
 * The sums of every slice, in the order in which they are stored. A new one goes to the end, because rows that exist are shorter.
 */
export const TOTALS = [
  "sessions",
  "events",
  "page_views",
  "bounces",
  "engaged_ms",
  "scroll",
  "submits",
  "vpn",
  "expected",
  "missing",
  "leads",
  "implausible",
] as const;
export type Total = (typeof TOTALS)[number];

/** What a session adds, by `TOTALS`. */
export function totalsOf(facts: Facts): number[] {
  const totals: Record<Total, number> = {
    sessions: 1,
    events: facts.events,
    page_views: facts.page_views,
    bounces: isBounce(facts) ? 1 : 0,
    engaged_ms: facts.engaged_ms,
    scroll: facts.scroll,
    submits: facts.counts["form_submit"] ?? 0,
    vpn: (facts.vpn ?? 0) >= VPN_LIKELY ? 1 : 0,
    expected: facts.expected,
    missing: facts.missing,
    leads: facts.leads,
    implausible: facts.implausible,
  };
  return TOTALS.map((name) => totals[name]);
}

/** What a loose lead adds, by `TOTALS`. */
export const LEAD_TOTALS: readonly number[] = TOTALS.map((name) => (name === "leads" ? 1 : 0));

/** What sessions are broken down by. Their order is that of the keys in a stored breakdown. */
export const PARTS = [
  "country",
  "page",
  "source",
  "campaign",
  "device",
  "label",
  "engagement",
  "type",
  "region",
  "referrer",
  "browser",
  "os",
  "rule",
  "channel",
  "medium",
  "term",
  "content",
  "bot_kind",
  "bot_name",
  "bot_proof",
] as const;
export type Part = (typeof PARTS)[number];

/**
 * Each value of a breakdown that a session counts for, with its sums; the first sum ranks the value. For pages they are views,
 * sessions, entries, bounces; for types: events, sessions; for all others: sessions, events, page views, bounces, engaged ms,
 * leads.
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

/** A session's row as facts are read from it: its columns, and what a statement takes out of its `detail`. */
export interface FactsRow
  extends Pick<Facts, "site" | "visitor_id" | "started_at" | "last_event_at" | "country" | "label"> {
  engagement: number | null;
  bot: number | null;
  vpn: number | null;
  risk: number | null;
  events: number;
  leads: number;
  /** For a bot: the rules whose points made it one. */
  rules: readonly string[];
  /** JSON array of the values at `DETAIL_PATHS`. */
  detail: string;
}

/**
 * What is read from a row's `detail`, and its path there (src/data/store/session-row/form.ts). Names that end in `1` are of version
 * 1, which has no lists; `from`, `acts`, `streams` and names that end in `2` are of version 2. A value that a row does not have is
 * null.
 */
const DETAIL_FIELDS = {
  source1: "$.source",
  campaign1: "$.campaign",
  device1: "$.device_class",
  page_views: "$.page_views",
  engaged1: "$.engaged_ms",
  scroll1: "$.scroll_percent",
  entry_page: "$.entry_page",
  views: "$.views",
  counts: "$.counts",
  expected1: "$.completeness.expected",
  missing1: "$.completeness.missing",
  referrer1: "$.referrer",
  region1: "$.network.region",
  browser1: "$.network.agent.browser",
  os1: "$.network.agent.os",
  from: "$.from",
  acts: "$.acts",
  streams: "$.streams",
  region2: "$.client[0][0]",
  browser2: "$.client[0][1][0]",
  os2: "$.client[0][1][1]",
  visitor2: "$.client[3]",
  bot2: "$.client[0][1][4]",
  kind2: "$.client[0][1][6]",
  verified2: "$.client[0][17]",
  bot1: "$.network.agent.bot",
  kind1: "$.network.agent.bot_kind",
  verified1: "$.network.verified_bot",
} as const;
type DetailField = keyof typeof DETAIL_FIELDS;
type DetailFields = Partial<Record<DetailField, unknown>>;

const FIELD_NAMES = Object.keys(DETAIL_FIELDS) as DetailField[];
/** The paths that a statement takes out of a `detail`, as the JSON array that `readFacts` is given. */
export const DETAIL_PATHS = FIELD_NAMES.map((name) => DETAIL_FIELDS[name]);

function parseFields(text: string): DetailFields {
  const values = listOf(JSON.parse(text));
  const fields: DetailFields = {};
  for (const [i, name] of FIELD_NAMES.entries()) fields[name] = values[i];
  return fields;
}

const isText = (value: unknown): value is string => typeof value === "string";
const textOf = (...values: unknown[]): string | null => values.find(isText) ?? null;
const numberOf = (value: unknown, otherwise = 0): number => (typeof value === "number" ? value : otherwise);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Reads a row as facts. What an older row does not say counts as nothing. */
export function readFacts({ detail, ...row }: FactsRow): Facts {
  const fields = parseFields(detail);
  const [device2, source2, referrer2, campaign2, , channel, medium, term, content] = listOf(fields.from);
  const [engaged2, scroll2, , , , , submits] = listOf(fields.acts);
  const { implausible, expected, missing } = readStreams(listOf(fields.streams).map(listOf));
  const views = readViews(fields.views);
  const { entry_page } = fields;
  const entry = isText(entry_page) ? nameAmong(entry_page, views) : (Object.keys(views)[0] ?? "");
  const visitor = readVisitor(fields);
  return {
    ...row,
    source: textOf(fields.source1, source2) ?? DIRECT,
    channel: textOf(channel) ?? DIRECT,
    campaign: textOf(fields.campaign1, campaign2),
    medium: textOf(medium),
    term: textOf(term),
    content: textOf(content),
    device: textOf(fields.device1, device2) ?? "unknown",
    page_views: numberOf(fields.page_views, sumOf(views)),
    engaged_ms: numberOf(fields.engaged1, numberOf(engaged2)),
    lead_submits: numberOf(submits),
    scroll: numberOf(fields.scroll1, numberOf(scroll2)),
    entry,
    views,
    counts: readCounts(fields.counts),
    expected: numberOf(fields.expected1, expected),
    missing: numberOf(fields.missing1, missing),
    implausible,
    referrer: referrerHost(entry, textOf(fields.referrer1, referrer2)),
    region: textOf(fields.region1, fields.region2),
    ...visitor,
  };
}

type VisitorFacts = Pick<Facts, "browser" | "os" | "bot_name" | "bot_kind" | "bot_proof">;

/** `visitor2` is stored only if the visitor is not what the request's agent says. */
function readVisitor(fields: DetailFields): VisitorFacts {
  const category = textOf(fields.verified1, fields.verified2);
  const [browser, os, bot_name, kind] = Array.isArray(fields.visitor2)
    ? listOf(fields.visitor2).map((value) => textOf(value))
    : [
        textOf(fields.browser1, fields.browser2),
        textOf(fields.os1, fields.os2),
        textOf(fields.bot1, fields.bot2),
        textOf(fields.kind1, fields.kind2),
      ];
  return {
    browser: browser ?? null,
    os: os ?? null,
    bot_name: bot_name ?? null,
    bot_kind: kind ?? (category ? kindByCategory(category) : null),
    bot_proof: botProof(bot_name ?? null, category),
  };
}
