import { describe, expect, it } from "vitest";
import type { NetworkClasses } from "../../src/core/network/classes";
import type { Unplaced } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import { HOME, identity, logOf, NOWHERE, network, start } from "../support/log";

/** What the edge sees, what else happens, and the score it comes to with the rules that stand in the ledger. */
interface Case {
  name: string;
  network?: Partial<NetworkClasses>;
  later?: Unplaced[];
  vpn: number;
  /** Rules with points, highest first. */
  rules?: string[];
  /** Rules named without points. */
  named?: string[];
}

const FAR = { timezone: "America/New_York", country: "US", timezone_gap: 360 };
const RELAY = { asn_class: "relay", provider: "Akamai Technologies, Inc." } as const;
const MOBILE = { asn_class: "mobile" } as const;

const CASES: Case[] = [
  { name: "a home", vpn: 0 },
  { name: "a home whose class is not known", network: { asn_class: null }, vpn: 0 },
  { name: "a phone on its network", network: MOBILE, vpn: 0 },
  { name: "a phone far from its gateway", network: { ...MOBILE, rtt_ms: 400, rtt_excess_ms: 300 }, vpn: 0 },
  { name: "a home on a slow line", network: { rtt_ms: 140, rtt_excess_ms: 100 }, vpn: 0 },
  { name: "a home by satellite", network: { rtt_ms: 640, rtt_excess_ms: 600 }, vpn: 0, named: ["vpn.round_trip"] },
  // Tor
  { name: "Tor by country", network: { country: "T1", timezone: null }, vpn: 100, rules: ["vpn.tor"] },
  { name: "Tor by operator", network: { asn_class: "tor" }, vpn: 100, rules: ["vpn.tor"] },
  {
    name: "Tor with a browser on UTC",
    network: { country: "T1", timezone_gap: 120 },
    vpn: 100,
    rules: ["vpn.tor", "vpn.timezone"],
  },
  // Hosting
  {
    name: "a hosting network, which offices have too",
    network: { asn_class: "hosting" },
    vpn: 0,
    named: ["vpn.hosting_network"],
  },
  {
    name: "a hosting network in another zone",
    network: { ...FAR, asn_class: "hosting", language: "en-US" },
    vpn: 85,
    rules: ["vpn.hosting_network", "vpn.timezone"],
  },
  {
    name: "a hosting network, another zone and language",
    network: { ...FAR, asn_class: "hosting" },
    vpn: 95,
    rules: ["vpn.hosting_network", "vpn.timezone", "vpn.language"],
  },
  {
    name: "a hosting network, another zone and language, far away",
    network: { ...FAR, asn_class: "hosting", rtt_ms: 250, rtt_excess_ms: 200 },
    vpn: 100,
    rules: ["vpn.hosting_network", "vpn.timezone", "vpn.round_trip", "vpn.language"],
  },
  {
    name: "a hosting network next door",
    network: { asn_class: "hosting", timezone_gap: 60 },
    vpn: 0,
    named: ["vpn.hosting_network", "vpn.timezone_near"],
  },
  {
    name: "a hosting network a long way off",
    network: { asn_class: "hosting", rtt_ms: 200, rtt_excess_ms: 150 },
    vpn: 0,
    named: ["vpn.hosting_network", "vpn.round_trip"],
  },
  // VPN
  {
    name: "a VPN's network",
    network: { asn_class: "vpn", provider: "Mullvad VPN AB" },
    vpn: 70,
    rules: ["vpn.vpn_network"],
  },
  {
    name: "a VPN's network in another zone",
    network: { ...FAR, asn_class: "vpn", language: null },
    vpn: 100,
    rules: ["vpn.vpn_network", "vpn.timezone"],
  },
  {
    name: "a VPN's network with another language",
    network: { asn_class: "vpn", language: "ru-RU" },
    vpn: 80,
    rules: ["vpn.vpn_network", "vpn.language"],
  },
  {
    name: "a VPN's network far away",
    network: { asn_class: "vpn", rtt_ms: 300, rtt_excess_ms: 260 },
    vpn: 85,
    rules: ["vpn.vpn_network", "vpn.round_trip"],
  },
  // Relays and proxies: named, not convicted
  { name: "a relay", network: RELAY, vpn: 0, named: ["vpn.relay_network"] },
  {
    name: "a relay with a border between",
    network: { ...RELAY, timezone_gap: 60 },
    vpn: 0,
    named: ["vpn.relay_network", "vpn.timezone_near"],
  },
  {
    name: "a relay and another language",
    network: { ...RELAY, language: "fr-FR" },
    vpn: 0,
    named: ["vpn.relay_network", "vpn.language"],
  },
  {
    name: "a relay in another zone",
    network: { ...RELAY, timezone_gap: 360 },
    vpn: 55,
    rules: ["vpn.timezone", "vpn.relay_network"],
  },
  {
    name: "a corporate proxy",
    network: { asn_class: "corporate", provider: "ZSCALER, INC." },
    vpn: 0,
    named: ["vpn.corporate_network"],
  },
  {
    name: "a corporate proxy in another zone",
    network: { ...FAR, asn_class: "corporate", language: "en-GB" },
    vpn: 45,
    rules: ["vpn.timezone", "vpn.corporate_network"],
  },
  // Time zones
  { name: "a browser six hours off", network: { timezone_gap: 360 }, vpn: 40, rules: ["vpn.timezone"] },
  { name: "a browser two hours off", network: { timezone_gap: 120 }, vpn: 40, rules: ["vpn.timezone"] },
  { name: "a browser an hour off", network: { timezone_gap: 60 }, vpn: 0, named: ["vpn.timezone_near"] },
  { name: "a browser half an hour off", network: { timezone_gap: 30 }, vpn: 0, named: ["vpn.timezone_near"] },
  {
    name: "a browser on the other side of the earth",
    network: { timezone_gap: 720 },
    vpn: 40,
    rules: ["vpn.timezone"],
  },
  { name: "a browser that names no zone", network: { timezone_gap: null }, vpn: 0 },
  {
    name: "a traveller: zone and language of home",
    network: { ...FAR },
    vpn: 50,
    rules: ["vpn.timezone", "vpn.language"],
  },
  {
    name: "a traveller whose phone has set its clock",
    network: { country: "US", timezone_gap: 0 },
    vpn: 0,
    named: ["vpn.language"],
  },
  // Languages
  { name: "German in Austria", network: { country: "AT" }, vpn: 0, named: ["vpn.language"] },
  { name: "English anywhere", network: { language: "en-US" }, vpn: 0 },
  { name: "Spanish anywhere", network: { language: "es-MX" }, vpn: 0 },
  { name: "a language without a region", network: { language: "fr" }, vpn: 0 },
  { name: "no language at all", network: { language: null }, vpn: 0 },
  // Changes in the session
  { name: "from Wi-Fi to mobile", later: [network({ ...MOBILE, address: "a2", network: "n2" })], vpn: 0 },
  {
    name: "from Wi-Fi to mobile and back",
    later: [network({ ...MOBILE, address: "a2", network: "n2" }), network({}, 2_000)],
    vpn: 0,
  },
  {
    name: "a phone on a train",
    later: ["a2", "a3", "a4"].map((address, i) => network({ ...MOBILE, address }, 1_000 * (i + 1))),
    vpn: 0,
    named: ["vpn.address_changes"],
  },
  {
    name: "a rotating proxy",
    later: [2, 3, 4].map((n) => network({ address: `a${n}`, network: `n${n}` }, 1_000 * n)),
    vpn: 30,
    rules: ["vpn.network_changes", "vpn.address_changes"],
  },
  {
    name: "a VPN switched on half-way",
    later: [network({ ...FAR, address: "a2", network: "n2", asn_class: "hosting" })],
    vpn: 100,
    rules: ["vpn.hosting_network", "vpn.timezone", "vpn.country_changes", "vpn.language"],
  },
  {
    name: "a border crossed by train",
    later: [network({ ...MOBILE, address: "a2", network: "n2", country: "AT" })],
    vpn: 45,
    rules: ["vpn.country_changes", "vpn.language"],
  },
  {
    name: "a VPN switched off half-way",
    network: { asn_class: "vpn" },
    later: [network({ address: "a2", network: "n2" })],
    vpn: 0,
  },
  // A fingerprint in many places
  { name: "a fingerprint in two places", later: [identity({ fingerprint: { addresses: 2, networks: 2 } })], vpn: 0 },
  {
    name: "a fingerprint on six addresses",
    later: [identity({ fingerprint: { addresses: 6 } })],
    vpn: 0,
    named: ["vpn.many_addresses"],
  },
  {
    name: "a fingerprint on four networks",
    later: [identity({ fingerprint: { addresses: 4, networks: 4 } })],
    vpn: 25,
    rules: ["vpn.many_networks"],
  },
  {
    name: "a fingerprint in three countries",
    later: [identity({ fingerprint: { addresses: 3, networks: 3, countries: 3 } })],
    vpn: 40,
    rules: ["vpn.many_countries"],
  },
  {
    name: "a fingerprint all over the world",
    later: [identity({ fingerprint: { addresses: 20, networks: 12, countries: 9 } })],
    vpn: 80,
    rules: ["vpn.many_countries", "vpn.many_networks", "vpn.many_addresses"],
  },
  {
    name: "an address with many sessions",
    later: [identity({ address: { sessions: 500, fingerprints: 400 } })],
    vpn: 0,
  },
  {
    name: "a proxy pool on hosting networks",
    network: { asn_class: "hosting" },
    later: [identity({ fingerprint: { addresses: 20, networks: 6, countries: 2 } })],
    vpn: 85,
    rules: ["vpn.hosting_network", "vpn.many_networks", "vpn.many_addresses"],
  },
];

describe("the VPN score", () => {
  it("is tried on at least forty cases", () => expect(CASES.length).toBeGreaterThanOrEqual(40));

  it.each(CASES)("of $name is $vpn", ({ network: more = {}, later = [], vpn, rules = [], named = [] }) => {
    const { judgement } = foldLog(logOf(start({ network: { ...HOME, ...more } }), ...later));
    const standing = judgement.ledger.filter((line) => line.score === "vpn" && line.withdrawn_at === undefined);
    const counted = standing.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points);
    expect(judgement.scores.vpn).toBe(vpn);
    expect(counted.map(({ rule }) => rule)).toEqual(rules);
    expect(new Set(standing.filter(({ points }) => points === 0).map(({ rule }) => rule))).toEqual(new Set(named));
  });

  it("names the provider of a relay, a proxy or a VPN in its evidence", () => {
    const { judgement } = foldLog(logOf(start({ network: { ...HOME, ...RELAY } })));
    expect(judgement.ledger).toMatchObject([
      { evidence: "the address belongs to a privacy relay: Akamai Technologies, Inc." },
    ]);
  });

  it("without an edge is no acquittal: the rules that need it abstain", () => {
    const { judgement } = foldLog(logOf(start({ network: { ...NOWHERE, timezone_gap: 360 } })));
    expect(judgement).toMatchObject({ ledger: [], scores: { vpn: 0 } });
  });
});
