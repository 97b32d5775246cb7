import { completenessOf } from "../../src/core/delivery/completeness";
import type { Agent } from "../../src/core/network/agent";
import type { NetworkClasses } from "../../src/core/network/classes";
import type { Firing } from "../../src/core/scoring/ledger";
import { ruleSet } from "../../src/core/scoring/ruleset";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { type Summary, summary } from "../../src/core/session/view";

/** Values in which every field differs, so that a test notices if two fields change places in what is stored. */

export const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
export const T = 1_795_000_000_000;

export const AGENT: Agent = {
  bot: "Curl",
  bot_kind: "tool",
  browser: "firefox",
  major: 120,
  os: "linux",
  mobile: true,
  device: "tablet",
};

export const NETWORK: Required<NetworkClasses> = {
  address: "a2",
  network: "n3",
  country: "DE",
  region: "BE",
  timezone: "Europe/Berlin",
  colo: "TXL",
  protocol: "HTTP/3",
  edge: true,
  asn_class: "relay",
  provider: "apple",
  timezone_gap: 60,
  rtt_ms: 21,
  rtt_excess_ms: 4,
  bot_score: 55,
  verified_bot: "Search Engine Crawler",
  headers: ["no_gzip"],
  agent: AGENT,
  agentless: true,
  language: "de-DE",
};

export const DEVICE = {
  user_agent: "Mozilla/5.0 (Test)",
  language: "de",
  languages: ["de", "en"],
  platform: "Linux x86_64",
  timezone: "Europe/Vienna",
  hardware_concurrency: 8,
  device_memory: 16,
};

export const SCREEN = { width: 1440, height: 900, color_depth: 24, pixel_ratio: 2 };

/** The version of the rules whose ledger is stored. */
const RULES = 1;
const rules = ruleSet(RULES).rules;
const first = rules[0];
if (!first) throw new Error("no rules");
const base: Firing = {
  rule: first.id,
  score: first.score,
  points: first.points,
  weight: first.points,
  class: first.class,
  at: T + 500,
  seq: 97,
  evidence: "seen",
};

const LEDGER: Firing[] = [
  base,
  { ...base, weight: 1, points: 1, seq: 96 },
  { ...base, points: 0, seq: 95, withdrawn_at: T + 900 },
  { ...base, seq: 94, shadow: true },
];

const SHOP = "https://shop.example/";

/** A session of which everything is known. */
export const FULL: Summary = {
  ...summary(newHead(ID, "a", T), newState(0), newProgress(0)),
  consent: "denied",
  end_reason: null,
  entry_page: `${SHOP}pricing?plan=pro`,
  exit_page: `${SHOP}cart`,
  referrer: "https://search.example/",
  page_views: 9,
  pages: 4,
  views: { [`${SHOP}pricing`]: 3, [`${SHOP}cart`]: 2, "https://other.example/x": 1 },
  source: "google",
  channel: "paid_search",
  campaign: "spring",
  medium: "cpc",
  term: "shoes",
  content: "red",
  device_class: "tablet",
  browser: "safari",
  os: "ios",
  bot_name: "Named",
  bot_kind: "search",
  bot_proof: "verified",
  counts: { page_view: 6, click: 2, scroll: 5, custom: 1, "shop.buy": 3 },
  scroll_percent: 88,
  engaged_ms: 12_345,
  lead_submits: 2,
  late: 1,
  shed: 2,
  quarantined: 3,
  unnumbered_rejected: 4,
  completeness: completenessOf([
    { stream: "s1", through: 9, received: 5, missing: 2, rejected: 1, gone: 1 },
    { stream: "s2", through: 4, received: 4, missing: 0, rejected: 0, gone: 0 },
  ]),
  cadence: { intervals: 7, mean_ms: 800, variation: 0.25 },
  device: DEVICE,
  screen: SCREEN,
  network: NETWORK,
  network_changes: 5,
  device_id: "device-1",
  traits: { plan: "pro", age: 3 },
  unproven: true,
  identity: null,
  engagement_band: "hot",
  verified_bot: NETWORK.verified_bot,
  rules_version: RULES,
  ledger: LEDGER,
  abstained: [],
};
