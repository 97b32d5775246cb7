import type { AsnClass } from "../network/classes";
import type { Finding, Rule } from "./rule";
import type { Scored } from "./scored";

/** VPN and proxy: does the connection hide where the visitor is? Relays and corporate proxies are named, not convicted. */

const vpn = { version: 1, score: "vpn" } as const;
const saw = (evidence: string): Finding => ({ evidence });
const TABLE = "the class table of src/core/network (names from RouteViews, DB-IP and the registries)";
const ACTOR = "the fingerprint's identity actor, 24 h";

const ofClass =
  (kind: AsnClass, what: string): Rule["test"] =>
  ({ network }) =>
    network?.asn_class === kind
      ? saw(`the address belongs to ${what}${network.provider ? `: ${network.provider}` : ""}`)
      : null;

const hours = (minutes: number): string => `${Math.round(minutes / 6) / 10} h`;

/** Clocks this far apart are no border between two zones. */
const FAR_GAP_MIN = 120;

function zones({ network }: Scored, from: number, below: number): Finding | null {
  const gap = network?.timezone_gap ?? 0;
  return gap >= from && gap < below ? saw(`the browser's clock and the address's are ${hours(gap)} apart`) : null;
}

/** `de-AT` → AT. English and Spanish are set by default far from where they are spoken. */
const regionOf = (language: string | null | undefined): string | null => {
  const [name, region] = (language ?? "").split("-");
  return region && /^[A-Z]{2}$/i.test(region) && name !== "en" && name !== "es" ? region.toUpperCase() : null;
};

const CONNECTION_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.tor",
    points: 100,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: (state) =>
      state.network?.country === "T1"
        ? saw("the edge says Tor (country T1)")
        : ofClass("tor", "a Tor exit operator")(state),
    about: "The connection comes from the Tor network.",
    source: `cf.country = T1, ${TABLE}`,
    example: "Tor Browser",
  },
  {
    ...vpn,
    id: "vpn.vpn_network",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("vpn", "a VPN's network"),
    about: "The address belongs to a VPN provider, or to a network that mostly carries VPNs.",
    source: TABLE,
    example: "Mullvad, Packethub (NordVPN)",
  },
  {
    ...vpn,
    id: "vpn.hosting_network",
    points: 45,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("hosting", "a hosting network"),
    about:
      "The address belongs to a data centre: where most VPNs and proxies leave, and offices and relays as well. No case by itself.",
    source: TABLE,
    example: "a cloud provider",
  },
  {
    ...vpn,
    id: "vpn.relay_network",
    points: 15,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("relay", "a privacy relay"),
    about: "A privacy relay: named, and no case by itself.",
    source: TABLE,
    example: "iCloud Private Relay",
  },
  {
    ...vpn,
    id: "vpn.corporate_network",
    points: 5,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ofClass("corporate", "a corporate proxy"),
    about: "A company's security proxy: named, and no case by itself.",
    source: TABLE,
    example: "Zscaler, Netskope",
  },
  {
    ...vpn,
    id: "vpn.timezone",
    points: 40,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "timezone"],
    test: (state) => zones(state, FAR_GAP_MIN, Number.POSITIVE_INFINITY),
    about: "The browser's clock is two hours or more from the clock where its address is.",
    source: "Intl time zone of the page against cf.timezone",
    example: "a browser on Berlin time behind an address in New York",
  },
  {
    ...vpn,
    id: "vpn.timezone_near",
    points: 10,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "timezone"],
    test: (state) => zones(state, 30, FAR_GAP_MIN),
    about: "The clocks are up to two hours apart: a traveller, a border, or a VPN nearby.",
    source: "Intl time zone of the page against cf.timezone",
    example: "Lisbon and Madrid",
  },
  {
    ...vpn,
    id: "vpn.language",
    points: 10,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "headers"],
    test: ({ network }) => {
      const region = regionOf(network?.language);
      const country = network?.country;
      if (!region || !country || country === "T1" || country === "XX" || region === country) return null;
      return saw(`the language asked for is of ${region}, the address of ${country}`);
    },
    about: "The first language of Accept-Language names another country than the address (English and Spanish aside).",
    source: "Accept-Language against cf.country",
    example: "ru-RU behind an address in the Netherlands",
  },
  {
    ...vpn,
    id: "vpn.round_trip",
    points: 15,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "round_trip"],
    test: ({ network }) => {
      const excess = network?.rtt_excess_ms ?? 0;
      if (excess < 120 || network?.asn_class === "mobile") return null;
      return saw(`${network?.rtt_ms} ms to the edge, ${excess} ms more than the distance explains`);
    },
    about:
      "The round trip is 120 ms longer than the distance explains: the other half of a tunnel. Not asked of mobile networks.",
    source: "cf.clientTcpRtt or clientQuicRtt against cf.latitude, cf.longitude and the data centre",
    example: "an address next door, 250 ms away",
  },
];

const CHANGE_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.address_changes",
    points: 10,
    class: "supporting",
    watch: ["network"],
    test: ({ travel }) => (travel.addresses >= 3 ? saw(`the address changed ${travel.addresses} times`) : null),
    about: "The address changed three times or more in one session.",
    source: "network entries of the session",
    example: "a rotating proxy; a phone on a train",
  },
  {
    ...vpn,
    id: "vpn.network_changes",
    points: 20,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ travel }) => (travel.networks >= 3 ? saw(`the autonomous system changed ${travel.networks} times`) : null),
    about: "The autonomous system changed three times or more: more than from Wi-Fi to mobile and back.",
    source: "network entries of the session",
    example: "a pool of residential proxies",
  },
  {
    ...vpn,
    id: "vpn.country_changes",
    points: 35,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ travel }) => (travel.countries >= 1 ? saw(`the country changed ${travel.countries} times`) : null),
    about: "The country changed within a session.",
    source: "network entries of the session",
    example: "a VPN switched on half-way",
  },
];

const SPREAD_RULES: readonly Rule[] = [
  {
    ...vpn,
    id: "vpn.many_addresses",
    points: 15,
    class: "supporting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.addresses ?? 0;
      return n >= 6 ? saw(`the fingerprint was on ${n} addresses in 24 h`) : null;
    },
    about: "One fingerprint on six addresses or more.",
    source: ACTOR,
    example: "a proxy pool; a common device in a common browser",
  },
  {
    ...vpn,
    id: "vpn.many_networks",
    points: 25,
    class: "convicting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.networks ?? 0;
      return n >= 4 ? saw(`the fingerprint was on ${n} autonomous systems in 24 h`) : null;
    },
    about: "One fingerprint on four autonomous systems or more.",
    source: ACTOR,
    example: "a proxy pool",
  },
  {
    ...vpn,
    id: "vpn.many_countries",
    points: 40,
    class: "convicting",
    watch: ["identity"],
    needs: ["fingerprint"],
    test: ({ identity }) => {
      const n = identity?.fingerprint?.countries ?? 0;
      return n >= 3 ? saw(`the fingerprint was in ${n} countries in 24 h`) : null;
    },
    about: "One fingerprint in three countries or more.",
    source: ACTOR,
    example: "Germany, Brazil and Japan between breakfast and supper",
  },
];

export const VPN_RULES: readonly Rule[] = [...CONNECTION_RULES, ...CHANGE_RULES, ...SPREAD_RULES];
