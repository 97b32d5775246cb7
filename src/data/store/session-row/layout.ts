import type { Agent } from "../../../core/network/agent";
import type { NetworkClasses } from "../../../core/network/classes";
import type { Visitor } from "../../../core/network/visitor";
import type { Summary } from "../../../core/session/view";
import { DIRECT } from "../../../core/sources/source";
import type { DeviceInfo, Screen } from "../../../protocol/track";
import type { SessionColumns } from "./columns";

/**
 * The form of a session row's `detail`, version 2: the session's summary without most names, without usual values, without
 * what the row's columns hold, and without what the rules say. A row of up to 1,002 bytes lies within its page of D1; a
 * longer one takes another 4 KB.
 *
 * The lists below are orders of stored values. A new key goes to the end; one that moves, or goes, needs a new version.
 */
export const DETAIL_VERSION = 2;

/** In SQL a key that is absent from such a list is `{}`, so a statement reads it by `nullif(…, '{}')`. */
export const DEVICE_V2 = [
  "user_agent",
  "language",
  "platform",
  "timezone",
  "hardware_concurrency",
  "device_memory",
  "languages",
] as const satisfies readonly (keyof DeviceInfo)[];

export const SCREEN_V2 = ["width", "height", "color_depth", "pixel_ratio"] as const satisfies readonly (keyof Screen)[];

export const AGENT_V2 = [
  "browser",
  "os",
  "major",
  "mobile",
  "bot",
  "device",
  "bot_kind",
] as const satisfies readonly (keyof Agent)[];

export const VISITOR_V2 = ["browser", "os", "bot_name", "bot_kind"] as const satisfies readonly (keyof Visitor)[];

export const NETWORK_V2 = [
  "region",
  "agent",
  "address",
  "network",
  "country",
  "timezone",
  "colo",
  "protocol",
  "edge",
  "asn_class",
  "timezone_gap",
  "headers",
  "language",
  "provider",
  "rtt_ms",
  "rtt_excess_ms",
  "bot_score",
  "verified_bot",
  "agentless",
] as const satisfies readonly (keyof NetworkClasses)[];

/** Stands for a network's time zone that is the same as the device's. */
export const SAME_TIMEZONE = 0;

/** A network before it becomes a list: its agent is a list already. */
export type StoredNetwork = Omit<NetworkClasses, "agent" | "timezone"> & {
  agent?: unknown[] | null;
  timezone: string | null | typeof SAME_TIMEZONE;
};

/** Where a session came from. The usual values at the end are left out. */
export type OriginV2 = [
  device: Summary["device_class"],
  source: string,
  referrer: string | null,
  campaign: string | null,
  /** What the entry page's URL has after the page's name. */
  entry_rest: string,
  channel: Summary["channel"],
  medium: string | null,
  term: string | null,
  content: string | null,
];
export const USUAL_ORIGIN: OriginV2 = ["unknown", DIRECT, null, null, "", DIRECT, null, null, null];

/** What the visitor did. The usual values at the end are left out. */
export type ActsV2 = [
  engaged_ms: number,
  scroll_percent: number,
  /** A URL, or its index in `views`. */
  exit_page: string | number | null,
  intervals: number,
  mean_ms: number,
  variation: number | null,
  lead_submits: number,
];
export const USUAL_ACTS: ActsV2 = [0, 0, null, 0, 0, null, 0];

/** What the visitor came with. The usual values at the end are left out. */
export type ClientV2 = [
  network: unknown[] | null,
  device: unknown[] | null,
  screen: unknown[] | null,
  /** Null where it is what the network says (`visitorBy`). */
  visitor: unknown[] | null,
];
export const USUAL_CLIENT: ClientV2 = [null, null, null, null];

/** The version of the rules where a row names none. It stays as it is when the rules get a new version: rows rest on it. */
export const USUAL_RULES = 1;

/** Fields that are left out while they have these values. */
export type UsualFields = Pick<
  Summary,
  | "consent"
  | "end_reason"
  | "events_in"
  | "late"
  | "shed"
  | "quarantined"
  | "unnumbered_rejected"
  | "network_changes"
  | "device_id"
  | "unproven"
  | "identity"
  | "rules_version"
>;
export const USUAL: UsualFields = {
  consent: "granted",
  end_reason: "idle",
  events_in: "database",
  late: 0,
  shed: 0,
  quarantined: 0,
  unnumbered_rejected: 0,
  network_changes: 0,
  device_id: null,
  unproven: false,
  identity: null,
  rules_version: USUAL_RULES,
};

/** SQL reads some of it by path (`DETAIL_PATHS`, `conditionsOf`), so names and indexes stay what they are. */
export interface DetailV2 extends Partial<UsualFields> {
  v: typeof DETAIL_VERSION;
  from?: OriginV2;
  acts?: ActsV2;
  client?: ClientV2;
  /** Only if it does not begin with the first of `views`. */
  entry_page?: string;
  views?: Summary["views"];
  /** These two only if they are not what `views` says. */
  page_views?: number;
  pages?: number;
  counts?: unknown[];
  traits?: Summary["traits"];
  streams?: unknown[][];
  ledger?: unknown[];
  /** What the rules lacked, as bits (`lackOf`). */
  lack?: number;
}

/** The columns that a detail is read and written with. */
export type DetailColumns = Pick<SessionColumns, "started_at" | "last_seq" | "engagement">;
