import { isbotMatch, list } from "isbot";
import { type BotKind, kindByWord, knownBehindBrowser, knownBot } from "./bot-kind";
import { botName } from "./bot-name";
import type { Browser } from "./browser";
import type { DeviceClass } from "./device";
import { platformOf } from "./platform";

/** Whether a user agent names a bot, a crawler or a tool, and which. Pure, and linear in the agent's length. */

export interface Bot {
  /** Without a version; at most 64 characters. */
  name: string;
  kind: BotKind;
}

/** What the rest of the agent is. */
export interface Client {
  browser: Browser | null;
  /** The browser is an app's own: makers of apps write what they like. */
  isApp: boolean;
  device: DeviceClass;
  isKnownSystem: boolean;
}

/** Names of drivers and services that isbot does not know. */
const MORE_NAMES = [
  "jsdom/",
  "happy-?dom/",
  "gtmetrix",
  "\\bpercy\\b",
  "powershell/",
  "\\(dart:io\\)",
  "applitools",
  "browserstack",
  "testcafe",
  "puppeteer",
  "webdriver",
  "lightpanda",
  "wkhtmlto",
  "slimerjs",
  "rendertron",
  "prerender",

  "\\bylt\\b",
  "assetnote/",
  "miniature\\.io/",
  "debugbear",
  "checkly",
  "sitespeed\\.io",
  "zombie\\.js",
  "linkedom",

  "monitorss",
  "newsai/",
  "newsnow",
  "-user/\\d",
  "chromatic",
  "site24x7",
  "nitro-optimizer",
  "google web preview",

  "htmlunit/",
  "weasyprint",
  "prince(?:xml)?/\\d",
  "pdfreactor",
  "nightmare/",
  "backstopjs",
  "browser-use",
  "browserbase",
  "stagehand/",
  "skyvern",
  "hyperbrowser",
  "\\bk6/",
  "pa11y",
  "casperjs",
  "nightwatch(?:js)?/",
  "pyppeteer",
  "lambdatest",
  "crawlee",
  "scrapingbee",
  "scrapfly",
];

/** What bots are asked to have in their agent: a word for what they do, or an address to write to. */
const BOT_WORDS = [
  "(?<!cu)bots?(?![a-z])",
  "crawl(?:er|ing)?(?![a-z])",
  "spider(?![a-z])",
  "scraper",
  "https?://",
  "\\bwww\\.",

  "[;(] ?\\+[\\w-]{1,60}\\.[a-z]",
  "headless",
  "phantomjs",
  "selenium",
  "playwright",
  "lighthouse",
  "pingdom",
  "catchpoint",

  // Behind a browser's name; televisions have such a note in front.
  "(?<=(?:Safari|Gecko|Firefox|Chrome|Version|Mobile)/[\\w.]{1,24} \\(compatible; ?)(?!MSIE)[\\w.-]{1,64}",
];

/**
 * Patterns of isbot's that people's browsers meet as well: apps and readers with News in their name, Sogou's browser, a web
 * view's `Process/toolsmp`, the `CE-HTML/1.0;` of televisions, plug-ins of old browsers.
 */
const OF_PEOPLE = new Set([
  "(?:^|[^g])news(?!sapphire)",
  "sogou",
  "tools",
  "download",
  "java(?!;)",
  "rss\\b",
  "24x7",
  "\\(\\)",
  "\\|",
  "\\b\\w+/1\\.0;",
  ";\\s\\w+;$",
  "chromeframe",
  "torrent",
  "catch",
  "^[^ ]{50,}$",
]);

/** And those that are in the names of apps, which put their own behind Safari's or Chrome's: FlightRadar24, PriceChecker. */
const OF_APPS = new Set([
  "(?<!cam)scan",
  "abuse",
  "advisor",
  "agent\\b",
  "analyzer",
  "archive",
  "audit",
  "capture",
  "check\\b",
  "checker",
  "classifier",
  "detect",
  "discovery",
  "feed",
  "grab",
  "insight",
  "inspect",
  "library",
  "measure",
  "monitor\\b",
  "node\\b",
  "optimize",
  "parser",
  "proxy",
  "radar",
  "retriever",
  "server",
  "splash",
  "synapse",
  "transcoder",
  "url",
  "validator",
  "virtuoso",
]);

/** Patterns about an agent as a whole say nothing of a browser's, which is read in parts. */
const isOfPart = (pattern: string): boolean => !pattern.startsWith("^") && !pattern.endsWith("$");

const ENGINE = /\b(?:AppleWebKit|Gecko|Presto)\//;

const either = (patterns: readonly string[]): RegExp => new RegExp(patterns.join("|"), "i");
const MORE = either(MORE_NAMES);
const OF_ISBOT = list.filter((pattern) => isOfPart(pattern) && !OF_PEOPLE.has(pattern));
const ON_DESKTOP = either([...OF_ISBOT, ...BOT_WORDS, ...MORE_NAMES]);
const ON_PHONE = either([...OF_ISBOT.filter((pattern) => !OF_APPS.has(pattern)), ...BOT_WORDS, ...MORE_NAMES]);
const IN_APP = either([...BOT_WORDS, ...MORE_NAMES]);

/**
 * Null for a person's browser. A browser's agent is read without the parts that makers of devices and apps fill in, since
 * a phone may be called Cubot, Capture or Spider; what is left convicts by fewer words the more freely it is written.
 */
export function botOf(agent: string, client: Client): Bot | null {
  const { browser, isApp, device, isKnownSystem } = client;
  const isHandheld = device === "mobile" || device === "tablet";
  // A web view of which nothing else is known.
  const isUnnamed = browser === null && isHandheld && ENGINE.test(agent);
  const isFree = isApp || isUnnamed || device === "tv" || device === "console";
  if (isFree || (browser !== null && agent.includes("("))) {
    const kept = withoutModel(agent, isFree || isHandheld, isFree);
    const names = isFree ? IN_APP : isHandheld ? ON_PHONE : ON_DESKTOP;
    const match = names.exec(kept)?.[0] ?? tableMatch(kept, isApp && !ENGINE.test(agent));
    return match === null ? null : (knownBot(kept) ?? knownBehindBrowser(agent) ?? named(kept, match, "other"));
  }
  // Whatever shows pages says what it runs on.
  const isProgram = browser === null && device === "unknown" && !isKnownSystem;
  const match = isbotMatch(agent) ?? MORE.exec(agent)?.[0] ?? (isProgram ? agent : null);
  if (match === null) return null;
  return knownBot(agent) ?? named(agent, match, isProgram && !IN_APP.test(agent) ? "tool" : "other");
}

/** What has an app's name and no engine shows no page, so a tool's name convicts it as well. */
const tableMatch = (kept: string, isWithoutPage: boolean): string | null =>
  (isWithoutPage ? knownBot(kept) : knownBehindBrowser(kept))?.name ?? null;

/** An address, or a bot's name with a version: no part of a model. */
const IS_SAID = /https?:|\bwww\.|\+[\w-]{1,60}\.[a-z]|(?:bot|crawler|spider|-google)[\w-]{0,20}\/\d/i;
/** `(compatible; …)` is how bots name themselves, and how old Internet Explorers did. */
const IS_COMPATIBLE = /[;(]\s?compatible;(?!\s?(?:MSIE|Konqueror))/i;
/** A note in brackets; one with more brackets in it is read from the inner ones. */
const NOTE = /\[[^[\]]{0,400}\]|\([^()]{0,400}\)/g;

const saidIn = (note: string): string =>
  IS_COMPATIBLE.test(`(${note}`)
    ? note
    : note
        .split(";")
        .filter((part) => IS_SAID.test(part))
        .join(";");

/** The agent without the notes that name a model: the first where it may, all of them where makers write freely. */
function withoutModel(agent: string, mayHaveModel: boolean, isFree: boolean): string {
  const [from, to] = platformOf(agent);
  const platform = agent.slice(from, to);
  const said = mayHaveModel ? saidIn(platform) : platform;
  const rest = agent.slice(to).replace(NOTE, (note) => (isFree || note.startsWith("[") ? saidIn(note) : note));
  return `${agent.slice(0, from)}${said}${rest}`;
}

/** `otherwise`: what it is for if neither the table nor its name says so. */
function named(agent: string, match: string, otherwise: BotKind): Bot {
  const name = botName(agent, match);
  return { name, kind: kindByWord(name) ?? otherwise };
}
