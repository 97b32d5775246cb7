import type { NetworkClasses } from "../../../core/network/classes";
import { type Visitor, visitorBy } from "../../../core/network/visitor";
import { lackOf } from "../../../core/scoring/needs";
import { writeStreams } from "../../../core/session/delivered";
import { sumOf, writeCounts, writeViews } from "../../../core/session/fold/tallies";
import type { Summary } from "../../../core/session/view";
import { nameAmong } from "../../../core/sources/page";
import { toTuple, trimmed } from "../../../core/tuple";
import type { DeviceInfo } from "../../../protocol/track";
import {
  type ActsV2,
  AGENT_V2,
  type ClientV2,
  DETAIL_VERSION,
  DEVICE_V2,
  type DetailColumns,
  NETWORK_V2,
  type OriginV2,
  SAME_TIMEZONE,
  SCREEN_V2,
  type StoredNetwork,
  USUAL,
  USUAL_ACTS,
  USUAL_CLIENT,
  USUAL_ORIGIN,
  type UsualFields,
  VISITOR_V2,
} from "./layout";
import { writeLedger } from "./ledger";
import { readStored } from "./stored";

/** A summary as the `detail` of its row. `summary` and `row` are of the same entry. */
export function writeDetail(summary: Summary, row: DetailColumns): string {
  return JSON.stringify({
    v: DETAIL_VERSION,
    ...unusual(summary),
    ...filled({
      from: trimmed(originOf(summary), USUAL_ORIGIN),
      acts: trimmed(actsOf(summary), USUAL_ACTS),
      client: trimmed(clientOf(summary), USUAL_CLIENT),
    }),
    ...pagesOf(summary),
    ...filled({
      counts: writeCounts(summary.counts),
      traits: summary.traits,
      streams: writeStreams(summary.completeness),
      ledger: writeLedger(summary.ledger, row, summary.rules_version),
    }),
    ...lackIn(summary),
  });
}

/** `detail` with `more` events that D1 refused, on top of those before. */
export function withQuarantined(detail: string, more: number): string {
  if (more === 0) return detail;
  const { quarantined = 0, ...stored } = readStored(detail);
  return JSON.stringify({ ...stored, quarantined: quarantined + more });
}

function unusual(summary: Summary): Partial<UsualFields> {
  const keys = (Object.keys(USUAL) as (keyof UsualFields)[]).filter((key) => summary[key] !== USUAL[key]);
  return Object.fromEntries(keys.map((key) => [key, summary[key]]));
}

/** Without lists and objects that are empty. */
const filled = (parts: Record<string, object>): Record<string, object> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));

/** The name of the entry page, if the row's first page tells it. */
function entryName({ entry_page, views }: Summary): string | null {
  const name = nameAmong(entry_page, views);
  return Object.keys(views)[0] === name && entry_page.startsWith(name) ? name : null;
}

function originOf(summary: Summary): OriginV2 {
  const name = entryName(summary);
  return [
    summary.device_class,
    summary.source,
    summary.referrer,
    summary.campaign,
    name === null ? "" : summary.entry_page.slice(name.length),
    summary.channel,
    summary.medium,
    summary.term,
    summary.content,
  ];
}

function actsOf({ engaged_ms, scroll_percent, exit_page, views, cadence, lead_submits }: Summary): ActsV2 {
  const index = exit_page === null ? -1 : Object.keys(views).indexOf(exit_page);
  return [
    engaged_ms,
    scroll_percent,
    index < 0 ? exit_page : index,
    cadence.intervals,
    cadence.mean_ms,
    cadence.variation,
    lead_submits,
  ];
}

function clientOf(summary: Summary): ClientV2 {
  const { network, device, screen } = summary;
  return [
    network && writeNetwork(network, device),
    device && toTuple(device, DEVICE_V2),
    screen && toTuple(screen, SCREEN_V2),
    writeVisitor(summary),
  ];
}

function writeNetwork(network: NetworkClasses, device: DeviceInfo | null): unknown[] {
  const { agent, timezone, ...rest } = network;
  const isSame = timezone !== null && timezone === device?.timezone;
  const stored: StoredNetwork = { ...rest, timezone: isSame ? SAME_TIMEZONE : timezone };
  if (agent !== undefined) stored.agent = agent && toTuple(agent, AGENT_V2);
  return toTuple(stored, NETWORK_V2);
}

function writeVisitor({ network, browser, os, bot_name, bot_kind }: Summary): unknown[] | null {
  const visitor: Visitor = { browser, os, bot_name, bot_kind };
  const known = visitorBy(network);
  return VISITOR_V2.every((key) => visitor[key] === known[key]) ? null : toTuple(visitor, VISITOR_V2);
}

function pagesOf(summary: Summary) {
  const { views, entry_page, page_views, pages } = summary;
  return {
    ...(entryName(summary) === null && { entry_page }),
    ...filled({ views: writeViews(views) }),
    ...(page_views !== sumOf(views) && { page_views }),
    ...(pages !== Object.keys(views).length && { pages }),
  };
}

function lackIn({ abstained }: Summary): { lack?: number } {
  const lack = lackOf(abstained);
  return lack === 0 ? {} : { lack };
}
