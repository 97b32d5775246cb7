import { isbotMatch } from "isbot";

/** What a user agent says of itself, as classes. The text itself goes no further. */
export interface Agent {
  /** The part of it that names a bot or a tool; null for a browser. */
  bot: string | null;
  browser: "chrome" | "edge" | "firefox" | "safari" | "opera" | "samsung" | null;
  /** Major version. */
  major: number | null;
  os: "windows" | "macos" | "ios" | "android" | "linux" | "chromeos" | null;
  mobile: boolean;
}

// The order matters: each names the engines and browsers it descends from as well.
const BROWSERS: readonly (readonly [NonNullable<Agent["browser"]>, RegExp])[] = [
  ["edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["opera", /\b(?:OPR|OPiOS|OPX)\/(\d+)/],
  ["samsung", /\bSamsungBrowser\/(\d+)/],
  ["firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/],
  ["safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
];

const SYSTEMS: readonly (readonly [NonNullable<Agent["os"]>, RegExp])[] = [
  ["ios", /\b(?:iPhone|iPad|iPod)\b/],
  ["android", /\bAndroid\b/],
  ["windows", /\bWindows\b/],
  ["chromeos", /\bCrOS\b/],
  ["macos", /\bMac(?:intosh| OS X)\b/],
  ["linux", /\b(?:Linux|X11)\b/],
];

/** A bot's name is shown and stored: short, and one line. */
const BOT_NAME_UNITS = 64;

export function agentOf(text: string | null | undefined): Agent | null {
  if (!text) return null;
  const found = BROWSERS.map(([name, pattern]) => [name, pattern.exec(text)] as const).find(([, match]) => match);
  const system = SYSTEMS.find(([, pattern]) => pattern.test(text));
  return {
    bot: isbotMatch(text)?.slice(0, BOT_NAME_UNITS) ?? null,
    browser: found?.[0] ?? null,
    major: found?.[1]?.[1] ? Number(found[1][1]) : null,
    os: system?.[0] ?? null,
    mobile: /\bMobi|\bAndroid\b|\biPad\b/.test(text),
  };
}
