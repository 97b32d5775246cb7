// @ts-check
// Data that nobody here made: user agents of crawlers, and what real browsers tell of themselves.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../install.mjs";
import { seeded } from "./random.mjs";

/** @typedef {import("./fold.mjs").Sample} Sample */

const require = createRequire(join(root, "package.json"));
/** @param {string} path  In node_modules. */
const read = (path) => JSON.parse(readFileSync(join(root, "node_modules", path), "utf8"));

/** Every example of crawler-user-agents (MIT): the user agent is all it has. @returns {Sample[]} */
export function crawlers() {
  /** @type {{ pattern: string, instances?: string[] }[]} */
  const list = read("crawler-user-agents/crawler-user-agents.json");
  return list.flatMap(({ pattern, instances = [] }) =>
    instances.map((userAgent) => ({
      ...{ name: `${pattern}: ${userAgent}`, headers: null, userAgent },
      start: { device_info: { user_agent: userAgent } },
    })),
  );
}

/** The 10,000 profiles of user-agents (BSD-2-Clause), collected from visitors of web sites. @returns {Sample[]} */
export function visitors() {
  /** @type {Record<string, any>[]} */
  const list = read("user-agents/dist/user-agents.json");
  return list.map((one) => ({
    ...{ name: one["userAgent"], headers: null, userAgent: one["userAgent"] },
    start: {
      device_info: { user_agent: one["userAgent"], platform: one["platform"], language: one["language"] },
      screen: { width: one["screenWidth"], height: one["screenHeight"] },
      signals: { webdriver: false, plugins: one["pluginsLength"] },
    },
  }));
}

/**
 * Profiles of fingerprint-generator (Apache-2.0), drawn from a network that was trained on real browsers: with headers,
 * screens, plugins and graphics.
 * @param {number} count @returns {Sample[]}
 */
export function fingerprints(count) {
  const { FingerprintGenerator } = require("fingerprint-generator");
  const generator = new FingerprintGenerator();
  const random = Math.random;
  // It draws from Math.random: the same profiles in every run.
  Math.random = seeded(7);
  try {
    return Array.from({ length: count }, () => sampleOf(generator.getFingerprint()));
  } finally {
    Math.random = random;
  }
}

/** @param {Record<string, any>} drawn @returns {Sample} */
function sampleOf({ fingerprint, headers }) {
  const { navigator, screen, pluginsData, videoCard } = fingerprint;
  return {
    ...{ name: navigator.userAgent, headers, userAgent: null },
    start: {
      device_info: { user_agent: navigator.userAgent, platform: navigator.platform, language: navigator.language },
      screen: { width: screen.width, height: screen.height, color_depth: screen.colorDepth },
      signals: {
        webdriver: navigator.webdriver === true,
        plugins: pluginsData?.plugins?.length ?? 0,
        outer_width: screen.outerWidth,
        outer_height: screen.outerHeight,
        touch: navigator.maxTouchPoints ?? 0,
        renderer: videoCard?.renderer ?? null,
      },
    },
  };
}
