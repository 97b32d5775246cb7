import { type Finding, type Rule, saw } from "../rule";
import type { Scored } from "../scored";

/** VPN: clock, language or round trip say that the visitor is elsewhere than the address. */

const vpn = { version: 1, score: "vpn" } as const;

const hours = (minutes: number): string => `${Math.round(minutes / 6) / 10} h`;

/** Two clocks this far apart are not explained by a border between two zones. */
const FAR_GAP_MIN = 120;

function zones({ network }: Scored, from: number, below: number): Finding | null {
  const gap = network?.timezone_gap ?? 0;
  return gap >= from && gap < below ? saw(`the browser's clock and the address's are ${hours(gap)} apart`) : null;
}

/** `de-AT` → AT. Null for English and Spanish, which are common defaults far from where they are spoken. */
const regionOf = (language: string | null | undefined): string | null => {
  const [name, region] = (language ?? "").split("-");
  return region && /^[A-Z]{2}$/i.test(region) && name !== "en" && name !== "es" ? region.toUpperCase() : null;
};

export const VPN_DISTANCE_RULES: readonly Rule[] = [
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
