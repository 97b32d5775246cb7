// What a made-up year is made of. Pure: every choice comes from the random source it is given.
import type { Random } from "../../scripts/lib/random";
import type { DeviceInfo, Screen } from "../../src/protocol/track";
import type { Profile } from "./job";

export const upTo = (random: Random, max: number): number => Math.floor(random() * (max + 1));
export const pick = <T>(random: Random, list: readonly [T, ...T[]]): T =>
  list[upTo(random, list.length - 1)] ?? list[0];

/** Picks by weight. */
export function weighted<T>(random: Random, choices: Choices<T>): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  return choices[0][0];
}

const SHOP = "https://shop.example";
const page = (path: string, weight: number) => [`${SHOP}${path}`, weight] as const;

export const PAGES = [
  page("/", 30),
  page("/pricing", 14),
  page("/features", 9),
  page("/contact", 5),
  page("/docs", 6),
  page("/about", 3),
  ...Array.from({ length: 24 }, (_, i) => page(`/products/${i + 1}`, 12 / (i + 1))),
  ...Array.from({ length: 30 }, (_, i) => page(`/blog/post-${i + 1}`, 10 / (i + 1))),
] as const;

/** Choices with their weights. */
type Choices<T> = readonly [readonly [T, number], ...(readonly [T, number])[]];

export const PLACES: Choices<readonly [country: string, timezone: string, asn: number]> = [
  [["DE", "Europe/Berlin", 3320], 24],
  [["US", "America/New_York", 7922], 20],
  [["GB", "Europe/London", 2856], 9],
  [["FR", "Europe/Paris", 3215], 8],
  [["AT", "Europe/Vienna", 8447], 5],
  [["CH", "Europe/Zurich", 3303], 5],
  [["NL", "Europe/Amsterdam", 1136], 4],
  [["IN", "Asia/Kolkata", 55836], 4],
  [["PL", "Europe/Warsaw", 5617], 3],
  [["ES", "Europe/Madrid", 3352], 3],
  [["IT", "Europe/Rome", 3269], 3],
  [["SE", "Europe/Stockholm", 3301], 2],
  [["BR", "America/Sao_Paulo", 28573], 2],
  [["JP", "Asia/Tokyo", 4713], 2],
  [["CA", "America/Toronto", 577], 2],
  [["AU", "Australia/Sydney", 1221], 1],
];

/** Regions (ISO 3166-2) of the countries that most visitors are from. Visits from other countries have none. */
export const REGIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  DE: ["BE", "BY", "HE", "HH", "NW", "SN"],
  US: ["CA", "NY", "TX", "WA"],
  GB: ["ENG", "SCT"],
  FR: ["ARA", "IDF"],
  AT: ["9", "6"],
  CH: ["GE", "ZH"],
};

/** Networks of people at home, on the move, at work and behind a VPN. */
export const NETWORKS: Choices<"residential" | "mobile" | "corporate" | "vpn"> = [
  ["residential", 62],
  ["mobile", 28],
  ["corporate", 7],
  ["vpn", 3],
];

/** Query of the entry page, and the referrer. */
export const ARRIVALS: Choices<readonly [query: string, referrer: string | null]> = [
  [["", null], 30],
  [["", "https://www.google.com/"], 26],
  [["", "https://www.bing.com/"], 4],
  [["", "https://duckduckgo.com/"], 3],
  [["", "https://news.example/today"], 3],
  [["", "https://www.linkedin.com/"], 4],
  [["?utm_source=newsletter&utm_campaign=spring", null], 5],
  [["?utm_source=newsletter&utm_campaign=autumn", null], 5],
  [["?utm_source=google&utm_medium=cpc&utm_campaign=brand", "https://www.google.com/"], 8],
  [["?gclid=seed&utm_campaign=search-2", "https://www.google.com/"], 6],
  [["?fbclid=seed&utm_campaign=social-1", "https://www.facebook.com/"], 5],
  [["?utm_source=partner&utm_campaign=partner-7", "https://partner.example/"], 1],
];

export const deviceOf = (profile: Profile, timezone: string): DeviceInfo => ({
  user_agent: profile.userAgent,
  language: profile.language ?? "en-GB",
  platform: profile.platform,
  timezone,
  hardware_concurrency: 8,
});

export const screenOf = (profile: Profile): Screen => ({
  width: profile.screenWidth,
  height: profile.screenHeight,
  color_depth: 24,
  pixel_ratio: 2,
});
