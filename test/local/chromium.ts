// The browser that tests, pictures and measurements drive: one that is installed, never one that is downloaded.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const onMac = process.platform === "darwin";

/** The shell comes first: it has no windows around its pages, and opens them with a third of the CPU. */
const PLACES = onMac
  ? [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
  : ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const HOW_TO_INSTALL = onMac ? "brew install --cask chromium" : "apt-get install chromium-headless-shell";

/** Undefined where there is none. */
const path = [process.env["CHROMIUM_PATH"] ?? PLACES].flat().find((one) => existsSync(one));

/** What is missing, and how to get it; undefined when a browser is there. */
export const missing = path
  ? undefined
  : `No Chromium at ${process.env["CHROMIUM_PATH"] ?? PLACES.join(" or ")}: install it (${HOW_TO_INSTALL}), or name one in CHROMIUM_PATH.`;

const ARGS = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
];

/** Ends with an error where there is none: ask {@link missing} before. */
export function launch() {
  if (!path) throw new Error(missing);
  return chromium.launch({ executablePath: path, args: ARGS });
}

/** For commands: ends the process with 2 where there is no browser. */
export function needChromium() {
  if (!missing) return;
  process.stderr.write(`${missing}\n`);
  process.exit(2);
}
