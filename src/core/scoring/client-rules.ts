import type { Agent } from "../network/agent";
import { APPS } from "../network/browser";
import { botAgent, deviceClass } from "../network/visitor";
import type { Finding, Rule } from "./rule";
import type { Scored } from "./scored";

/** Bot: what the client says of itself, what its headers leave out, what its page shows, what the edge knows. */

const bot = { version: 1, score: "bot" } as const;
const saw = (evidence: string): Finding => ({ evidence });

const header = (
  finding: NonNullable<NonNullable<Scored["network"]>["headers"]>[number],
  evidence: string,
): Rule["test"] => {
  const found = saw(evidence);
  return ({ network }) => (network?.headers?.includes(finding) ? found : null);
};

/** A page's own word for it: an iPad that says it is a Mac, a television and a console are none. */
const isDesktop = (state: Scored): boolean => state.agent !== null && deviceClass(state) === "desktop";
const isDesktopChrome = (state: Scored): boolean =>
  isDesktop(state) && (state.agent?.browser === "chrome" || state.agent?.browser === "edge");
/** PDF viewers have been plugins of every desktop Chrome since this version; before, policies could remove them. */
const CHROME_WITH_PDF_PLUGINS = 94;

function namedBot(state: Scored): Finding | null {
  const agent = botAgent(state);
  if (!agent) return null;
  return saw(`the${agent === state.agent ? " page's" : ""} user agent names "${agent.bot}"`);
}

const hasNoAgent = ({ network, agent }: Scored): boolean => network?.agentless === true && agent === null;

/**
 * Tor Browser, and Firefox with `privacy.resistFingerprinting`, name a common system in one of the two alone:
 * https://support.mozilla.org/en-US/kb/resist-fingerprinting
 */
const mayFeignSystem = (header: Agent, page: Agent): boolean =>
  header.browser === "firefox" && page.browser === "firefox" && header.major === page.major;

function differing(state: Scored): Finding | null {
  const [header, page] = [state.network?.agent, state.agent];
  if (!header || !page) return null;
  // An app may add its name to one of the two alone.
  const isApp = [header, page].some(({ browser }) => browser !== null && APPS.has(browser));
  const compared = isApp ? (["os"] as const) : (["browser", "major", "os"] as const);
  const parts = compared
    .filter((part) => header[part] !== null && page[part] !== null && header[part] !== page[part])
    .filter((part) => part !== "os" || !mayFeignSystem(header, page));
  return parts.length > 0 ? saw(`header and page name another ${parts.join(", ")}`) : null;
}

const RFC = "RFC 9110 and what browsers send";
const BOTD = "Signals of BotD (FingerprintJS, MIT), checked against user-agents and fingerprint-generator";

const AGENT_RULES: readonly Rule[] = [
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

const HEADER_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.hints_headless",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["headers"],
    test: header("hints_headless", "Sec-CH-UA names a headless browser"),
    about: "Client hints name a headless browser that the user agent hides.",
    source: "User-Agent Client Hints (WICG)",
    example: 'Sec-CH-UA: "HeadlessChrome";v="140"',
  },
  {
    ...bot,
    id: "bot.hints_differ",
    points: 25,
    class: "convicting",
    watch: ["network"],
    needs: ["headers"],
    test: header("hints_differ", "Sec-CH-UA and User-Agent name different versions"),
    about: "Client hints and user agent name different versions of Chrome.",
    source: "User-Agent Client Hints (WICG)",
    example: "hints say 140, the user agent 120",
  },
  {
    ...bot,
    id: "bot.no_accept_language",
    points: 3,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_accept_language", "no Accept-Language"),
    about: "No Accept-Language, which every browser sends.",
    source: RFC,
    example: "most HTTP libraries",
  },
  {
    ...bot,
    id: "bot.no_sec_fetch",
    points: 2,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_sec_fetch", "a modern Chrome without Sec-Fetch-*"),
    about: "A Chrome of version 80 or newer on https sends no fetch metadata.",
    source: "Fetch Metadata Request Headers (W3C)",
    example: "a library with Chrome's user agent",
  },
  {
    ...bot,
    id: "bot.no_gzip",
    points: 2,
    class: "supporting",
    watch: ["network"],
    needs: ["headers"],
    test: header("no_gzip", "gzip is not accepted"),
    about: "The client does not accept gzip.",
    source: RFC,
    example: "a library's default request",
  },
];

const SOFTWARE_RENDERER = /swiftshader|llvmpipe|softpipe|software rasterizer|mesa offscreen|virtualbox/i;

function oddScreen(state: Scored): Finding | null {
  const { width, height, color_depth: depth } = state.screen ?? {};
  if (width == null || height == null) return null;
  if (width === 0 || height === 0) return saw(`a screen of ${width} × ${height}`);
  if (isDesktop(state) && (width < 640 || height < 480)) return saw(`a desktop with a screen of ${width} × ${height}`);
  if (isDesktop(state) && width === 800 && height === 600) return saw("the headless default screen of 800 × 600");
  return depth != null && depth < 16 ? saw(`a screen of ${depth} bits a pixel`) : null;
}

const SIGNAL_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.webdriver",
    points: 70,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: ({ signals }) => (signals?.["webdriver"] === true ? saw("navigator.webdriver is true") : null),
    about: "The browser says that it is driven by a program.",
    source: "WebDriver (W3C), navigator.webdriver",
    example: "Playwright, Puppeteer or Selenium with their defaults",
  },
  {
    ...bot,
    id: "bot.no_plugins",
    points: 15,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["plugins"] === 0 && isDesktopChrome(state) && (state.agent?.major ?? 0) >= CHROME_WITH_PDF_PLUGINS
        ? saw("a desktop Chrome without plugins")
        : null,
    about: "A desktop Chrome (94 or newer) without the plugins every one of them lists.",
    source: BOTD,
    example: "the old headless mode",
  },
  {
    ...bot,
    id: "bot.zero_outer_size",
    points: 30,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["outer_width"] === 0 && state.signals["outer_height"] === 0 && isDesktop(state)
        ? saw("a window of 0 × 0")
        : null,
    about: "A desktop browser whose window has no outer size.",
    source: BOTD,
    example: "the old headless mode",
  },
  {
    ...bot,
    id: "bot.no_chrome_object",
    points: 25,
    class: "convicting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) =>
      state.signals?.["chrome"] === false && isDesktopChrome(state)
        ? saw("a desktop Chrome without window.chrome")
        : null,
    about: "A desktop Chrome without window.chrome.",
    source: BOTD,
    example: "the old headless mode, or another engine under Chrome's name",
  },
  {
    ...bot,
    id: "bot.software_renderer",
    points: 15,
    class: "supporting",
    watch: ["client"],
    needs: ["signals"],
    test: (state) => {
      const renderer = state.signals?.["renderer"];
      const match = typeof renderer === "string" && isDesktop(state) ? SOFTWARE_RENDERER.exec(renderer) : null;
      return match ? saw(`graphics by ${match[0]}`) : null;
    },
    about: "A desktop browser that draws in software: a server, or a virtual machine. People have those too.",
    source: BOTD,
    example: "SwiftShader in a container",
  },
  {
    ...bot,
    id: "bot.odd_screen",
    points: 5,
    class: "supporting",
    watch: ["client"],
    test: oddScreen,
    about: "A screen that no desktop has: nothing, 800 × 600, fewer than 16 bits a pixel.",
    source: BOTD,
    example: "headless defaults",
  },
];

const EDGE_RULES: readonly Rule[] = [
  {
    ...bot,
    id: "bot.verified",
    points: 100,
    class: "convicting",
    watch: ["network"],
    needs: ["edge"],
    test: ({ network }) => (network?.verified_bot ? saw(`verified by the edge: ${network.verified_bot}`) : null),
    about: "A bot that the edge has verified by its addresses, named by category.",
    source: "cf.verifiedBotCategory, cf.botManagement.verifiedBot",
    example: "Search Engine Crawler",
  },
  {
    ...bot,
    id: "bot.edge_certain",
    points: 70,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "bot_management"],
    test: ({ network }) => (network?.bot_score === 1 ? saw("the edge's bot score is 1") : null),
    about: "The edge is certain that this is automated.",
    source: "cf.botManagement.score = 1",
    example: "a known automation fingerprint",
  },
  {
    ...bot,
    id: "bot.edge_likely",
    points: 40,
    class: "convicting",
    watch: ["network"],
    needs: ["edge", "bot_management"],
    test: ({ network }) => {
      const score = network?.bot_score ?? 0;
      return score >= 2 && score < 30 ? saw(`the edge's bot score is ${score}`) : null;
    },
    about: "The edge takes this for likely automated.",
    source: "cf.botManagement.score of 2 to 29",
    example: "a bot score of 12",
  },
  {
    ...bot,
    id: "bot.hosting",
    points: 10,
    class: "supporting",
    watch: ["network"],
    needs: ["edge", "asn"],
    test: ({ network }) => (network?.asn_class === "hosting" ? saw("the address belongs to a hosting network") : null),
    about:
      "The address belongs to a data centre. Never enough by itself: people browse through offices and relays there.",
    source: "the class table of src/core/network",
    example: "a cloud server",
  },
  {
    ...bot,
    id: "bot.shared_address",
    points: 5,
    class: "supporting",
    watch: ["identity"],
    needs: ["address"],
    test: ({ identity }) => {
      const sessions = identity?.address?.sessions ?? 0;
      return sessions >= 100 ? saw(`${sessions} sessions of this address in 24 h`) : null;
    },
    about: "Many sessions of one address in 24 h. Never enough by itself: offices and mobile gateways share addresses.",
    source: "the address's identity actor",
    example: "100 sessions from one network in a day",
  },
];

/** What a client cannot help showing, layer by layer. */
export const CLIENT_LAYERS = {
  "user agent": AGENT_RULES,
  headers: HEADER_RULES,
  signals: SIGNAL_RULES,
  edge: EDGE_RULES,
} as const satisfies Record<string, readonly Rule[]>;

export const CLIENT_RULES: readonly Rule[] = Object.values(CLIENT_LAYERS).flat();
