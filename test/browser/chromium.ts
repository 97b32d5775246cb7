import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe, test } from "vitest";

/** The browser these tests drive: one that is installed, never one that is downloaded. */
const { CHROMIUM_PATH = "/usr/bin/chromium", CI } = process.env;
const isInstalled = existsSync(CHROMIUM_PATH);

const HOW = `No Chromium at ${CHROMIUM_PATH}: install it (apt-get install chromium), or name one in CHROMIUM_PATH.`;

const ARGS = [
  ...["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM_PATH, args: ARGS });

/** A `describe` that is skipped, loudly, where there is no Chromium; in CI it fails. */
export function describeInChromium(name: string, body: () => void): void {
  if (isInstalled) return void describe(name, body);
  process.stderr.write(`\n*** SKIPPED: ${name}. ${HOW}\n\n`);
  if (CI !== "true") return void describe.skip(name, body);
  test(name, () => {
    throw new Error(HOW);
  });
}
