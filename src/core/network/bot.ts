import { isbotMatch, list } from "isbot";
import { type BotKind, kindByWord, knownBehindBrowser, knownBot } from "./bot-kind";
import { botName } from "./bot-name";
import { BOT_WORDS, MORE_NAMES, OF_APPS, OF_PEOPLE } from "./bot-words";
import type { Browser } from "./browser";
import type { DeviceClass } from "./device";
import { platformOf } from "./platform";

/** Whether a user agent names a bot, a crawler or a tool, and which. Pure, and linear in the agent's length. */

export interface Bot {
  /** Without a version; at most 64 characters. */
  name: string;
  kind: BotKind;
}

/** What else is known from the agent. */
export interface Client {
  browser: Browser | null;
  /** The browser is an app's own, and makers of apps write what they like. */
  isApp: boolean;
  device: DeviceClass;
  isKnownSystem: boolean;
}

/** A browser's agent is read in parts, so patterns for a whole agent do not apply to it. */
const isOfPart = (pattern: string): boolean => !pattern.startsWith("^") && !pattern.endsWith("$");

const ENGINE = /\b(?:AppleWebKit|Gecko|Presto)\//;

const either = (patterns: readonly string[]): RegExp => new RegExp(patterns.join("|"), "i");
const MORE = either(MORE_NAMES);
const OF_ISBOT = list.filter((pattern) => isOfPart(pattern) && !OF_PEOPLE.has(pattern));
const ON_DESKTOP = either([...OF_ISBOT, ...BOT_WORDS, ...MORE_NAMES]);
const ON_PHONE = either([...OF_ISBOT.filter((pattern) => !OF_APPS.has(pattern)), ...BOT_WORDS, ...MORE_NAMES]);
const IN_APP = either([...BOT_WORDS, ...MORE_NAMES]);

/**
 * Null for a person's browser. A browser's agent is read without the parts that makers of devices and apps fill in, because a
 * phone may be called Cubot, Capture or Spider. The more freely an agent is written, the fewer words convict it.
 */
export function botOf(agent: string, client: Client): Bot | null {
  const { browser, isApp, device, isKnownSystem } = client;
  const isHandheld = device === "mobile" || device === "tablet";
  // A web view without a known name.
  const isUnnamed = browser === null && isHandheld && ENGINE.test(agent);
  const isFree = isApp || isUnnamed || device === "tv" || device === "console";
  if (isFree || (browser !== null && agent.includes("("))) {
    const kept = withoutModel(agent, isFree || isHandheld, isFree);
    const names = isFree ? IN_APP : isHandheld ? ON_PHONE : ON_DESKTOP;
    const match = names.exec(kept)?.[0] ?? tableMatch(kept, isApp && !ENGINE.test(agent));
    return match === null ? null : (knownBot(kept) ?? knownBehindBrowser(agent) ?? named(kept, match, "other"));
  }
  // Everything that shows pages names its system, so an agent without one is a program.
  const isProgram = browser === null && device === "unknown" && !isKnownSystem;
  const match = isbotMatch(agent) ?? MORE.exec(agent)?.[0] ?? (isProgram ? agent : null);
  if (match === null) return null;
  return knownBot(agent) ?? named(agent, match, isProgram && !IN_APP.test(agent) ? "tool" : "other");
}

/** An app without an engine shows no page, so a tool's name convicts it too. */
const tableMatch = (kept: string, isWithoutPage: boolean): string | null =>
  (isWithoutPage ? knownBot(kept) : knownBehindBrowser(kept))?.name ?? null;

/** An address, or a bot's name with a version. A device's model has neither. */
const IS_SAID = /https?:|\bwww\.|\+[\w-]{1,60}\.[a-z]|(?:bot|crawler|spider|-google)[\w-]{0,20}\/\d/i;
/** `(compatible; …)` is how bots name themselves, and how old Internet Explorers did. */
const IS_COMPATIBLE = /[;(]\s?compatible;(?!\s?(?:MSIE|Konqueror))/i;
/** A note in brackets. Of nested brackets, the inner ones. */
const NOTE = /\[[^[\]]{0,400}\]|\([^()]{0,400}\)/g;

const saidIn = (note: string): string =>
  IS_COMPATIBLE.test(`(${note}`)
    ? note
    : note
        .split(";")
        .filter((part) => IS_SAID.test(part))
        .join(";");

/** The agent without notes that name a model: the first note if it may, and all notes if makers write freely. */
function withoutModel(agent: string, mayHaveModel: boolean, isFree: boolean): string {
  const [from, to] = platformOf(agent);
  const platform = agent.slice(from, to);
  const said = mayHaveModel ? saidIn(platform) : platform;
  const rest = agent.slice(to).replace(NOTE, (note) => (isFree || note.startsWith("[") ? saidIn(note) : note));
  return `${agent.slice(0, from)}${said}${rest}`;
}

/** `otherwise`: the kind if neither the table nor the name says one. */
function named(agent: string, match: string, otherwise: BotKind): Bot {
  const name = botName(agent, match);
  return { name, kind: kindByWord(name) ?? otherwise };
}
