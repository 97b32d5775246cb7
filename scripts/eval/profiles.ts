// Data that nobody here made: user agents of crawlers, and what real browsers tell of themselves.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { BrowserFingerprintWithHeaders } from "fingerprint-generator";
import { root } from "../install.ts";
import type { Sample } from "./fold.ts";
import { seeded } from "./random.ts";

const require = createRequire(join(root, "package.json"));
/** @param path In node_modules. */
const read = (path: string) => JSON.parse(readFileSync(join(root, "node_modules", path), "utf8"));

/** Every example of crawler-user-agents (MIT): the user agent is all it has. */
export function crawlers(): Sample[] {
  const list: { pattern: string; instances?: string[] }[] = read("crawler-user-agents/crawler-user-agents.json");
  return list.flatMap(({ pattern, instances = [] }) =>
    instances.map((userAgent) => ({
      name: `${pattern}: ${userAgent}`,
      headers: null,
      userAgent,
      start: { device_info: { user_agent: userAgent } },
    })),
  );
}

/** What user-agents has of a visitor, as far as it is read. */
interface Profile {
  userAgent: string;
  platform: string;
  language: string;
  screenWidth: number;
  screenHeight: number;
  pluginsLength: number;
}

/** The 10,000 profiles of user-agents (BSD-2-Clause), collected from visitors of web sites. */
export function visitors(): Sample[] {
  const list: Profile[] = read("user-agents/dist/user-agents.json");
  return list.map(({ userAgent, platform, language, screenWidth, screenHeight, pluginsLength }) => ({
    name: userAgent,
    headers: null,
    userAgent,
    start: {
      device_info: { user_agent: userAgent, platform, language },
      screen: { width: screenWidth, height: screenHeight },
      signals: { webdriver: false, plugins: pluginsLength },
    },
  }));
}

/**
 * Profiles of fingerprint-generator (Apache-2.0), drawn from a network that was trained on real browsers: with headers,
 * screens, plugins and graphics.
 */
export function fingerprints(count: number): Sample[] {
  const { FingerprintGenerator }: typeof import("fingerprint-generator") = require("fingerprint-generator");
  const generator = new FingerprintGenerator();
  const random = Math.random;
  // The generator draws from Math.random, so a seeded one gives the same profiles in every run.
  Math.random = seeded(7);
  try {
    return Array.from({ length: count }, () => sampleOf(generator.getFingerprint()));
  } finally {
    Math.random = random;
  }
}

function sampleOf({ fingerprint, headers }: BrowserFingerprintWithHeaders): Sample {
  const { navigator, screen, pluginsData, videoCard } = fingerprint;
  return {
    name: navigator.userAgent,
    headers,
    userAgent: null,
    start: {
      device_info: { user_agent: navigator.userAgent, platform: navigator.platform, language: navigator.language },
      screen: { width: screen.width, height: screen.height, color_depth: screen.colorDepth },
      signals: {
        // Its types say that this is a text, but it is a boolean.
        webdriver: (navigator.webdriver as unknown) === true,
        plugins: pluginsData?.plugins?.length ?? 0,
        outer_width: screen.outerWidth,
        outer_height: screen.outerHeight,
        touch: navigator.maxTouchPoints ?? 0,
        renderer: videoCard?.renderer ?? null,
      },
    },
  };
}
