import type { Agent } from "../../network/agent";
import { APPS } from "../../network/browser";
import { botAgent } from "../../network/visitor";
import { type Finding, type Rule, saw } from "../rule";
import type { Scored } from "../scored";
import { header, RFC } from "./found-in-headers";

/** Bot: what the client says of itself, in the User-Agent header and in the page. */

const bot = { version: 1, score: "bot" } as const;

function namedBot(state: Scored): Finding | null {
  const agent = botAgent(state);
  if (!agent) return null;
  return saw(`the${agent === state.agent ? " page's" : ""} user agent names "${agent.bot}"`);
}

const hasNoAgent = ({ network, agent }: Scored): boolean => network?.agentless === true && agent === null;

/**
 * Tor Browser, and Firefox with `privacy.resistFingerprinting`, name a common system in only one of header and page:
 * https://support.mozilla.org/en-US/kb/resist-fingerprinting
 */
const mayFeignSystem = (header: Agent, page: Agent): boolean =>
  header.browser === "firefox" && page.browser === "firefox" && header.major === page.major;

function differing(state: Scored): Finding | null {
  const [header, page] = [state.network?.agent, state.agent];
  if (!header || !page) return null;
  // An app may add its name to only one of the two, so its browser and version are not compared.
  const isApp = [header, page].some(({ browser }) => browser !== null && APPS.has(browser));
  const compared = isApp ? (["os"] as const) : (["browser", "major", "os"] as const);
  const parts = compared
    .filter((part) => header[part] !== null && page[part] !== null && header[part] !== page[part])
    .filter((part) => part !== "os" || !mayFeignSystem(header, page));
  return parts.length > 0 ? saw(`header and page name another ${parts.join(", ")}`) : null;
}

export const AGENT_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.agent",
    points: 90,
    class: "convicting",
    watch: ["client", "network"],
    test: namedBot,
    about:
      "The user agent names a bot, a crawler, a tool or a headless browser, or nothing that shows pages. One common word in the agent of a browser is not enough.",
    source: "isbot (Unlicense), read by src/core/network/bot.ts",
    example: "Googlebot/2.1, HeadlessChrome/140, python-requests/2.32",
  },
  {
    ...bot,
    id: "bot.agent_missing",
    points: 40,
    class: "convicting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_user_agent", "the request has no User-Agent"),
    about: "The request has no User-Agent.",
    source: RFC,
    example: "a script on a bare socket",
  },
  {
    ...bot,
    id: "bot.no_agent",
    points: 60,
    class: "convicting",
    watch: ["client", "network"],
    test: (state) => (hasNoAgent(state) ? saw("neither the request nor the page names a user agent") : null),
    about: "No user agent at all, of the request or in device_info: every browser has one.",
    source: RFC,
    example: "a server's client that names neither itself nor the visitor",
  },
  {
    ...bot,
    id: "bot.agent_differs",
    points: 30,
    class: "convicting",
    watch: ["client", "network"],
    needs: ["headers"],
    test: differing,
    about: "The User-Agent header and navigator.userAgent name different browsers, versions or systems.",
    source: "A page's own user agent is the one its browser sends",
    example: "header Chrome 140 on Windows, page Chrome 138 on Linux",
  },
];
