// Agents of people with the class of their device, and how many of each class and app the rules take for bots.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../install.ts";
import { tools } from "./fold.ts";

interface Person {
  /** A class of src/core/network/device.ts. */
  device: string;
  /** The app or the maker, if the list says. */
  what: string | null;
  agent: string;
}

export interface Group {
  name: string;
  agents: number;
  /** Agents taken for bots. */
  bots: string[];
  /** Agents whose class of device was found. */
  placed: number;
}

/** The visitors of user-agents (BSD-2-Clause), which says phone, tablet or desktop of each. */
export function counted(): Person[] {
  const list: { userAgent: string; deviceCategory: string }[] = JSON.parse(
    readFileSync(join(root, "node_modules/user-agents/dist/user-agents.json"), "utf8"),
  );
  return list.map(({ userAgent, deviceCategory }) => ({ device: deviceCategory, what: null, agent: userAgent }));
}

/** Our own list: scripts/eval/agents.txt. */
export function written(): Person[] {
  const lines = readFileSync(join(root, "scripts/eval/agents.txt"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [device = "", what = null, agent = ""] = line.split("\t");
      return { device, what, agent };
    });
}

const SHOWS_PAGES = /\b(?:AppleWebKit|Gecko|Presto|Trident)\//;

/** The classes by device-detector's names. Watches, cars, speakers and players have none of ours. */
const TYPES = {
  smartphone: "mobile",
  phablet: "mobile",
  "feature phone": "mobile",
  tablet: "tablet",
  tv: "tv",
  console: "console",
  desktop: "desktop",
};

/**
 * The fixtures of Matomo's device-detector (LGPL-3.0; not part of this project): YAML of one form, read line by line.
 * Only agents that show pages: apps that only fetch, and phones without scripts, never run a tracker.
 */
export function fixtures(folder: string): Person[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yml") && !/^(bots|clienthints)/.test(name));
  return files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split(/^-\s*$/m)
      .flatMap((entry) => personOf(entry)),
  );
}

function personOf(entry: string): Person[] {
  const agent = textAt(/^ {2}user_agent: (.*)$/m, entry);
  const client = textAt(/^ {2}client:\n {4}type: (.*)$/m, entry);
  const type = textAt(/^ {2}device:\n {4}type: (.*)$/m, entry);
  const device = Object.entries(TYPES).find(([name]) => name === type)?.[1];
  const isShown = agent !== undefined && SHOWS_PAGES.test(agent) && (client === "browser" || client === "mobile app");
  return agent && isShown && device ? [{ device, what: null, agent }] : [];
}

const textAt = (pattern: RegExp, entry: string) =>
  pattern
    .exec(entry)?.[1]
    ?.replace(/^(['"])(.*)\1$/, "$2")
    .replaceAll("''", "'");

/** Groups by class, and by app: the browser or app as the code names it, or as the list does. */
export function groupsOf(people: Person[]): { byClass: Group[]; byApp: Group[] } {
  const seen = people.map((person) => ({ ...person, read: tools.agentOf(person.agent) }));
  const by = (nameOf: (one: (typeof seen)[number]) => string | null): Group[] =>
    [...new Set(seen.map(nameOf))].flatMap((name) => {
      if (name === null) return [];
      const those = seen.filter((one) => nameOf(one) === name);
      const bots = those.filter(({ read }) => read?.bot).map(({ agent }) => agent);
      const placed = those.filter(({ read, device }) => read?.device === device).length;
      return [{ name, agents: those.length, bots, placed }];
    });
  const inApp = ({ what, read }: (typeof seen)[number]) =>
    what ?? (read?.browser && tools.APPS.has(read.browser) ? read.browser : null);
  return { byClass: by(({ device }) => device), byApp: by(inApp).sort((a, b) => b.agents - a.agents) };
}
