import type { NetworkClasses } from "../../../core/network/classes";
import { botProof, type Visitor, visitorBy } from "../../../core/network/visitor";
import { bandOf } from "../../../core/scoring/ledger";
import { abstentionsOf } from "../../../core/scoring/needs";
import { ruleSet } from "../../../core/scoring/ruleset";
import { readStreams } from "../../../core/session/delivered";
import { readCounts, readViews, sumOf } from "../../../core/session/fold/tallies";
import type { Summary } from "../../../core/session/view";
import { fromTuple } from "../../../core/tuple";
import type { DeviceInfo } from "../../../protocol/track";
import {
  AGENT_V2,
  DEVICE_V2,
  type DetailColumns,
  type DetailV2,
  NETWORK_V2,
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
import { readLedger } from "./ledger";
import { readStored } from "./stored";

/** The summary that `writeDetail` was given; of version 1, the summary as it was stored. */
export function readDetail(text: string, row: DetailColumns): Summary {
  const stored = readStored(text);
  return stored.v === undefined ? stored : readV2(stored, row);
}

/** Fields are written out: a rest or a spread makes a slow object first, and an export reads a million of these. */
function readV2(stored: DetailV2, row: DetailColumns): Summary {
  const origin = whole(stored.from, USUAL_ORIGIN);
  const [device_class, source, referrer, campaign, entry_rest, channel, medium, term, content] = origin;
  const [engaged_ms, scroll_percent, exit, intervals, mean_ms, variation, lead_submits] = whole(
    stored.acts,
    USUAL_ACTS,
  );
  const [storedNetwork, storedDevice, storedScreen, storedVisitor] = whole(stored.client, USUAL_CLIENT);
  const views = readViews(stored.views);
  const pages = Object.keys(views);
  const device = storedDevice && fromTuple<DeviceInfo>(storedDevice, DEVICE_V2);
  const network = storedNetwork && readNetwork(storedNetwork, device);
  const visitor = storedVisitor ? fromTuple<Visitor>(storedVisitor, VISITOR_V2) : visitorBy(network);
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
    events_in: usually(stored, "events_in"),
    late: usually(stored, "late"),
    shed: usually(stored, "shed"),
    quarantined: usually(stored, "quarantined"),
    unnumbered_rejected: usually(stored, "unnumbered_rejected"),
    completeness: readStreams(stored.streams ?? []),
    cadence: { intervals, mean_ms, variation },
    device,
    screen: storedScreen && fromTuple(storedScreen, SCREEN_V2),
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

function readNetwork(tuple: unknown[], device: DeviceInfo | null): NetworkClasses {
  const stored = fromTuple<StoredNetwork>(tuple, NETWORK_V2);
  const { agent, timezone } = stored;
  const rest: Omit<StoredNetwork, "agent" | "timezone"> = stored;
  const unpacked: Pick<NetworkClasses, "agent" | "timezone"> = {
    timezone: timezone === SAME_TIMEZONE ? (device?.timezone ?? null) : timezone,
  };
  if (agent !== undefined) unpacked.agent = agent && fromTuple(agent, AGENT_V2);
  // Changed in place: a copy would cost an export a second object of each network.
  return Object.assign(rest, unpacked);
}

/** The stored value, which may be null, or the usual one. */
function usually<K extends keyof UsualFields>(stored: Partial<UsualFields>, key: K): UsualFields[K] {
  const value = stored[key];
  return value === undefined ? USUAL[key] : value;
}

/** Restores a list that was `trimmed`. */
function whole<T extends readonly unknown[]>(stored: T | undefined, usual: T): T {
  if (!stored) return usual;
  const values: readonly unknown[] = usual.map((value, i) => (i < stored.length ? stored[i] : value));
  return values as T;
}
