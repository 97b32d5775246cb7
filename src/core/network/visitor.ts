import type { DeviceInfo, Screen, Signals } from "../../protocol/track";
import type { Agent } from "./agent";
import { type BotKind, kindByCategory } from "./bot-kind";
import type { NetworkClasses } from "./classes";
import { behindDesktop, type DeviceClass, type DeviceHints } from "./device";

/** Who or what visits: the device with its browser and system, or the bot, from everything that a session was told. Pure. */

/** What is shown and counted of an agent. Null for what is not known; the bot's fields are null for a person. */
export interface Visitor {
  browser: Agent["browser"];
  os: Agent["os"];
  /** As its operator writes it, without a version. */
  bot_name: string | null;
  bot_kind: BotKind | null;
}

/** What a session was told of its visitor; null for what it was not told. */
interface ToldClient {
  /** From the page's own user agent. */
  agent: Agent | null;
  network: NetworkClasses | null;
  signals: Signals | null;
  screen: Screen | null;
  device: DeviceInfo | null;
}

/** The page's own agent comes first, because a server that passes a visit on has its own agent in the header. */
const agentOfVisit = ({ agent, network }: Pick<ToldClient, "agent" | "network">): Agent | null =>
  agent ?? network?.agent ?? null;

function hintsOf({ signals, screen, device }: ToldClient): DeviceHints {
  const touch = signals?.["touch"];
  const sides = [screen?.width, screen?.height].filter((side) => side != null && side > 0) as number[];
  return {
    touch: typeof touch === "number" ? touch : null,
    platform: device?.platform ?? null,
    side: sides.length > 0 ? Math.min(...sides) : null,
  };
}

const behind = (told: ToldClient, agent: Agent | null) =>
  agent?.device === "desktop" ? behindDesktop(agent.os, hintsOf(told)) : null;

export function deviceClass(told: ToldClient): DeviceClass {
  const agent = agentOfVisit(told);
  return behind(told, agent)?.device ?? agent?.device ?? "unknown";
}

/** The agent that names a bot. The header's counts only if it is the visitor's own, or if there is no other. */
export function botAgent({ agent, network }: Pick<ToldClient, "agent" | "network">): Agent | null {
  const header = network?.agent ?? null;
  const isOwn = agent === null || network?.headers != null;
  if (isOwn && header?.bot) return header;
  return agent?.bot ? agent : null;
}

export function visitorOf(told: ToldClient): Visitor {
  const agent = agentOfVisit(told);
  return {
    browser: agent?.browser ?? null,
    os: behind(told, agent)?.os ?? agent?.os ?? null,
    ...namedBot(botAgent(told), told.network),
  };
}

/** The visitor by the network's classes alone. A session's row leaves out what equals this. */
export const visitorBy = (network: NetworkClasses | null): Visitor => ({
  browser: network?.agent?.browser ?? null,
  os: network?.agent?.os ?? null,
  ...namedBot(network?.agent?.bot ? network.agent : null, network),
});

function namedBot(agent: Agent | null, network: NetworkClasses | null): Pick<Visitor, "bot_name" | "bot_kind"> {
  const category = network?.verified_bot;
  return {
    bot_name: agent?.bot ?? null,
    bot_kind: agent?.bot_kind ?? (category ? kindByCategory(category) : null),
  };
}

/**
 * `verified`: the edge has checked the bot by its operator's addresses. `claimed`: its agent says so, and anybody's could.
 * Null where no bot is named.
 */
export type BotProof = "verified" | "claimed";

export const botProof = (name: string | null, verified: string | null): BotProof | null =>
  verified ? "verified" : name === null ? null : "claimed";
