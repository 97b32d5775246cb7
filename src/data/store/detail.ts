import type { Agent } from "../../core/network/agent";
import type { NetworkClasses } from "../../core/network/classes";
import { botProof, type Visitor, visitorBy } from "../../core/network/visitor";
import { bandOf } from "../../core/scoring/ledger";
import { abstentionsOf, lackOf } from "../../core/scoring/needs";
import { ruleSet } from "../../core/scoring/ruleset";
import { readStreams, writeStreams } from "../../core/session/delivered";
import { readCounts, readViews, sumOf, writeCounts, writeViews } from "../../core/session/tallies";
import type { Summary } from "../../core/session/view";
import { nameAmong } from "../../core/sources/page";
import { DIRECT } from "../../core/sources/source";
import { fromTuple, type Places, toTuple, trimmed } from "../../core/tuple";
import type { DeviceInfo, Screen } from "../../protocol/track";
import { type LedgerRow, readLedger, writeLedger } from "./ledger";

/**
 * The `detail` of a session's row: its summary without most names, without what is usual, what the row's columns hold,
 * and what the rules say. A row of up to 1,002 bytes lies within its page of D1; a longer one takes another 4 KB.
 */

/** The form described here. Rows written before it have no `v`, and the summary as it is. */
const FORM = 2;

/** The version of the rules where none is named. */
export const USUAL_RULES = 1;

/** What is left out where it is this. */
type Usual = Pick<
  Summary,
  | ("consent" | "end_reason" | "late" | "shed" | "quarantined" | "unnumbered_rejected" | "network_changes")
  | ("device_id" | "unproven" | "identity" | "rules_version")
>;
const USUAL: Usual = {
  ...{ consent: "granted", end_reason: "idle", late: 0, shed: 0, quarantined: 0, unnumbered_rejected: 0 },
  ...{ network_changes: 0, device_id: null, unproven: false, identity: null, rules_version: USUAL_RULES },
};
const USUAL_KEYS = Object.keys(USUAL) as (keyof Usual)[];

const DEVICE: Places<DeviceInfo> = {
  ...{ user_agent: true, language: true, platform: true, timezone: true, hardware_concurrency: true },
  ...{ device_memory: true, languages: true },
};
const SCREEN: Places<Screen> = { width: true, height: true, color_depth: true, pixel_ratio: true };
const AGENT: Places<Agent> = {
  ...{ browser: true, os: true, major: true, mobile: true, bot: true, device: true, bot_kind: true },
};
const VISITOR: Places<Visitor> = { browser: true, os: true, bot_name: true, bot_kind: true };
const NETWORK: Places<NetworkClasses> = {
  ...{ region: true, agent: true, address: true, network: true, country: true, timezone: true, colo: true },
  ...{ protocol: true, edge: true, asn_class: true, timezone_gap: true, headers: true, language: true },
  ...{ provider: true, rtt_ms: true, rtt_excess_ms: true, bot_score: true, verified_bot: true },
  agentless: true,
};

/** The columns that a detail leans on. */
export interface DetailRow extends LedgerRow {
  engagement: number | null;
}

/** `entry_rest`: what the entry's URL has after its name. The last ones are left out where they are as in `NO_ORIGIN`. */
type Origin = [
  device: Summary["device_class"],
  source: string,
  referrer: string | null,
  campaign: string | null,
  entry_rest: string,
  channel: Summary["channel"],
  medium: string | null,
  term: string | null,
  content: string | null,
];
const NO_ORIGIN: Origin = ["unknown", DIRECT, null, null, "", DIRECT, null, null, null];

/** `exit_page`: a URL, or its place in `views`. */
type Acts = [
  engaged_ms: number,
  scroll_percent: number,
  exit_page: string | number | null,
  intervals: number,
  mean_ms: number,
  variation: number | null,
  lead_submits: number,
];
const NO_ACTS: Acts = [0, 0, null, 0, 0, null, 0];

/** `visitor`: where it is not what the network says. */
type Client = [
  network: unknown[] | null,
  device: unknown[] | null,
  screen: unknown[] | null,
  visitor: unknown[] | null,
];
const NO_CLIENT: Client = [null, null, null, null];

/** What has a `$` path in SQL (`DETAIL_PATHS`, `conditionsOf`) keeps its place. */
interface Stored extends Partial<Usual & Pick<Summary, "traits">> {
  v?: number;
  /** These three without the usual values at their end. */
  from?: Origin;
  acts?: Acts;
  client?: Client;
  /** Where the first of `views` is not its name. */
  entry_page?: string;
  views?: Summary["views"];
  /** Where they are not what `views` says. */
  page_views?: number;
  pages?: number;
  counts?: unknown[];
  streams?: unknown[][];
  ledger?: unknown[];
  /** What the rules lacked, as bits. */
  lack?: number;
}

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
const some = <K extends string, V extends object>(key: K, value: V) => (isEmpty(value) ? {} : { [key]: value });

/** `summary` and `row` are of the same entry. */
export function writeDetail(summary: Summary, row: DetailRow): string {
  const { views, exit_page, cadence, device, network, screen } = summary;
  const pages = Object.keys(views);
  const name = nameAmong(summary.entry_page, views);
  const isFirst = pages[0] === name && summary.entry_page.startsWith(name);
  const exit = exit_page === null ? -1 : pages.indexOf(exit_page);
  const lack = lackOf(summary.abstained);
  const from: Origin = [
    summary.device_class,
    summary.source,
    summary.referrer,
    summary.campaign,
    isFirst ? summary.entry_page.slice(name.length) : "",
    summary.channel,
    summary.medium,
    summary.term,
    summary.content,
  ];
  const acts: Acts = [
    ...([summary.engaged_ms, summary.scroll_percent, exit < 0 ? exit_page : exit] as const),
    ...([cadence.intervals, cadence.mean_ms, cadence.variation] as const),
    summary.lead_submits,
  ];
  const client: Client = [
    network && writeNetwork(network, device),
    device && toTuple(device, DEVICE),
    screen && toTuple(screen, SCREEN),
    writeVisitor(summary),
  ];
  return JSON.stringify({
    v: FORM,
    ...Object.fromEntries(USUAL_KEYS.filter((key) => summary[key] !== USUAL[key]).map((key) => [key, summary[key]])),
    ...some("from", trimmed(from, NO_ORIGIN)),
    ...some("acts", trimmed(acts, NO_ACTS)),
    ...some("client", trimmed(client, NO_CLIENT)),
    ...(!isFirst && { entry_page: summary.entry_page }),
    ...some("views", writeViews(views)),
    ...(summary.page_views !== sumOf(views) && { page_views: summary.page_views }),
    ...(summary.pages !== pages.length && { pages: summary.pages }),
    ...some("counts", writeCounts(summary.counts)),
    ...some("traits", summary.traits),
    ...some("streams", writeStreams(summary.completeness)),
    ...some("ledger", writeLedger(summary.ledger, row, summary.rules_version)),
    ...(lack !== 0 && { lack }),
  });
}

function writeVisitor({ network, browser, os, bot_name, bot_kind }: Summary): unknown[] | null {
  const visitor: Visitor = { browser, os, bot_name, bot_kind };
  const known = visitorBy(network);
  const isKnown = (Object.keys(VISITOR) as (keyof Visitor)[]).every((key) => visitor[key] === known[key]);
  return isKnown ? null : toTuple(visitor, VISITOR);
}

/** Stands for a time zone that is the device's. */
const THE_SAME = 0;

/** The agent in it is a list as well. */
function writeNetwork(network: NetworkClasses, device: DeviceInfo | null): unknown[] {
  const agent = network.agent && toTuple(network.agent, AGENT);
  const isSame = network.timezone !== null && network.timezone === device?.timezone;
  return toTuple({ ...network, ...(agent && { agent }), ...(isSame && { timezone: THE_SAME }) }, NETWORK);
}

type StoredNetwork = Omit<NetworkClasses, "agent" | "timezone"> & {
  agent?: unknown[] | null;
  timezone: string | null | typeof THE_SAME;
};

function readNetwork(stored: unknown[], device: DeviceInfo | null): NetworkClasses {
  const known = fromTuple<StoredNetwork>(stored, NETWORK);
  const { agent, timezone } = known;
  const same: Omit<NetworkClasses, "agent" | "timezone"> = known;
  const told: Pick<NetworkClasses, "agent" | "timezone"> = {
    timezone: timezone === THE_SAME ? (device?.timezone ?? null) : timezone,
  };
  if (agent !== undefined) told.agent = agent && fromTuple(agent, AGENT);
  return Object.assign(same, told);
}

/** With events that D1 refused on top of those before. */
export function withQuarantined(detail: string, more: number): string {
  if (more === 0) return detail;
  const { quarantined = 0, ...stored } = JSON.parse(detail) as Stored;
  return JSON.stringify({ ...stored, quarantined: quarantined + more });
}

/** What `writeDetail` was given; of an older row, what it holds. */
export function readDetail(text: string, row: DetailRow): Summary {
  const stored = JSON.parse(text) as Stored | Summary;
  return isStored(stored) ? readStored(stored, row) : stored;
}

const isStored = (detail: Stored | Summary): detail is Stored => "v" in detail;

/** Written out: a rest or a spread makes a slow object first, and an export reads a million of these. */
function readStored(stored: Stored, row: DetailRow): Summary {
  const origin = filled(stored.from, NO_ORIGIN);
  const [device_class, source, referrer, campaign, entry_rest, channel, medium, term, content] = origin;
  const [engaged_ms, scroll_percent, exit, intervals, mean_ms, variation, lead_submits] = filled(stored.acts, NO_ACTS);
  const [net, dev, scr, seen] = filled(stored.client, NO_CLIENT);
  const views = readViews(stored.views);
  const pages = Object.keys(views);
  const device = dev && fromTuple(dev, DEVICE);
  const network = net && readNetwork(net, device);
  const visitor = seen ? fromTuple<Visitor>(seen, VISITOR) : visitorBy(network);
  const verified_bot = network?.verified_bot ?? null;
  const rules_version = usually(stored, "rules_version");
  return {
    consent: usually(stored, "consent"),
    end_reason: usually(stored, "end_reason"),
    entry_page: stored.entry_page ?? `${pages[0] ?? ""}${entry_rest}`,
    exit_page: typeof exit === "number" ? (pages[exit] ?? null) : exit,
    referrer,
    page_views: stored.page_views ?? sumOf(views),
    pages: stored.pages ?? pages.length,
    views,
    source,
    channel,
    campaign,
    medium,
    term,
    content,
    device_class,
    browser: visitor.browser,
    os: visitor.os,
    bot_name: visitor.bot_name,
    bot_kind: visitor.bot_kind,
    bot_proof: botProof(visitor.bot_name, verified_bot),
    counts: readCounts(stored.counts),
    scroll_percent,
    engaged_ms,
    lead_submits,
    late: usually(stored, "late"),
    shed: usually(stored, "shed"),
    quarantined: usually(stored, "quarantined"),
    unnumbered_rejected: usually(stored, "unnumbered_rejected"),
    completeness: readStreams(stored.streams ?? []),
    cadence: { intervals, mean_ms, variation },
    device,
    screen: scr && fromTuple(scr, SCREEN),
    network,
    network_changes: usually(stored, "network_changes"),
    device_id: usually(stored, "device_id"),
    traits: stored.traits ?? {},
    unproven: usually(stored, "unproven"),
    identity: usually(stored, "identity"),
    engagement_band: bandOf(row.engagement),
    verified_bot,
    rules_version,
    ledger: readLedger(stored.ledger ?? [], row, rules_version),
    abstained: abstentionsOf(stored.lack ?? 0, ruleSet(rules_version).rules),
  };
}

/** Null may be what is stored. */
function usually<K extends keyof Usual>(stored: Partial<Usual>, key: K): Usual[K] {
  const value = stored[key];
  return value === undefined ? USUAL[key] : value;
}

/** The list again that was `trimmed`. */
function filled<T extends readonly unknown[]>(stored: T | undefined, usual: T): T {
  if (!stored) return usual;
  const whole: readonly unknown[] = usual.map((value, i) => (i < stored.length ? stored[i] : value));
  return whole as T;
}
