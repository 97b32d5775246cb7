import { AGENTS_REMEMBERED, MAX_AGENT_UNITS } from "../../limits";
import { type Bot, botOf } from "./bot";
import type { BotKind } from "./bot-kind";
import { APPS, type Browser, browserOf } from "./browser";
import { type DeviceClass, deviceOf, type System, systemOf } from "./device";

/** A user agent as classes. Its text is stored nowhere. */
export interface Agent {
  /** The name of a bot or a tool, without a version; null for a browser. */
  bot: string | null;
  /** What the bot is for; null for a browser. */
  bot_kind: BotKind | null;
  browser: Browser | null;
  /** Major version. */
  major: number | null;
  os: System | null;
  /** A phone or a tablet. */
  mobile: boolean;
  device: DeviceClass;
}

/** Invisible characters: blanks, control and format characters, and those that fonts leave out. */
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** An agent up to `MAX_AGENT_UNITS`, with single blanks; null where there is nothing to read in it. */
export const agentText = (text: string | null | undefined): string | null =>
  text?.slice(0, MAX_AGENT_UNITS).replace(UNSEEN, " ").trim() || null;

/** Classes by agent text, the most recently read last. Nothing in it says whose agents they are. */
const read = new Map<string, Agent>();

/** Null where there is no agent. Read up to `MAX_AGENT_UNITS`. */
export function agentOf(text: string | null | undefined): Agent | null {
  const agent = agentText(text);
  if (agent === null) return null;
  const known = read.get(agent) ?? classesOf(agent);
  read.delete(agent);
  read.set(agent, known);
  const [oldest] = read.keys();
  if (read.size > AGENTS_REMEMBERED && oldest !== undefined) read.delete(oldest);
  return known;
}

function classesOf(agent: string): Agent {
  const found = browserOf(agent);
  const browser = found?.browser ?? null;
  const os = systemOf(agent);
  const device = deviceOf(agent);
  const isApp = browser !== null && APPS.has(browser);
  const bot: Bot | null = botOf(agent, { browser, isApp, device, isKnownSystem: os !== null });
  return {
    bot: bot?.name ?? null,
    bot_kind: bot?.kind ?? null,
    browser,
    major: found?.major ?? null,
    os,
    mobile: device === "mobile" || device === "tablet",
    device,
  };
}
