import { describe, expect, it } from "vitest";
import { type Agent, agentOf } from "../../src/core/network/agent";
import type { HeaderFinding, NetworkClasses } from "../../src/core/network/classes";
import type { Unplaced } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import type { Screen, Signals } from "../../src/protocol/track";
import { HOME, identity, logOf, NO_AGENT, network, start, T0 } from "../support/log";

/** Bot: what a client cannot help showing. Each rule at, below and above what it asks for. */

const CHROME: Agent = { ...NO_AGENT, browser: "chrome", major: 140, os: "windows", device: "desktop" };
const PHONE: Agent = { ...CHROME, os: "android", mobile: true, device: "mobile" };
const FIREFOX: Agent = { ...CHROME, browser: "firefox" };

const judged = (...log: Unplaced[]) => foldLog(logOf(...log)).judgement;

/** The bot rules that stand, and what each weighs. */
const standing = (...log: Unplaced[]): Record<string, number> =>
  Object.fromEntries(
    judged(...log)
      .ledger.filter(({ score, withdrawn_at }) => score === "bot" && withdrawn_at === undefined)
      .map(({ rule, weight }) => [rule, weight]),
  );

const evidence = (...log: Unplaced[]): string[] => judged(...log).ledger.map((line) => line.evidence);

const from = (more: Partial<NetworkClasses>) => start({ network: { ...HOME, ...more } });

describe("a user agent", () => {
  it.each([
    ["of the request", from({ agent: { ...CHROME, bot: "curl" } }), 'the user agent names "curl"'],
    ["of the page", start({ agent: { ...CHROME, bot: "Headless" } }), 'the page\'s user agent names "Headless"'],
  ])("%s that names a bot convicts it", (_, entry, said) => {
    expect(standing(entry)).toEqual({ "bot.agent": 90 });
    expect(evidence(entry)).toContain(said);
  });

  it("that names a bot is seen whenever it comes to be known", () => {
    const bot = { ...CHROME, bot: "curl" };
    const detail: Unplaced = { kind: "detail", at: T0 + 1, device: null, screen: null, signals: null, agent: bot };
    expect(standing(start(), detail)).toHaveProperty(["bot.agent"]);
    expect(standing(start(), network({ agent: bot }))).toHaveProperty(["bot.agent"]);
  });

  it.each<[string, Partial<Agent>, Partial<Agent>, string | null]>([
    ["the same twice", {}, {}, null],
    ["two versions", { major: 140 }, { major: 138 }, "major"],
    ["two browsers", { browser: "edge" }, {}, "browser"],
    ["two systems", {}, { os: "linux" }, "os"],
    ["a Firefox that hides its system", { browser: "firefox" }, { browser: "firefox", os: "linux" }, null],
    ["a Firefox whose page hides it", { browser: "firefox", os: "android" }, { browser: "firefox" }, null],
    ["a Firefox of two versions", { browser: "firefox", major: 128 }, { browser: "firefox", os: "linux" }, "major, os"],
    ["nothing in common", {}, { browser: "firefox", major: 1, os: "linux" }, "browser, major, os"],
    ["no version in the header", { major: null }, {}, null],
    ["no version on the page", {}, { major: null }, null],
    ["an app's name in one of them", { browser: "facebook", major: 463 }, {}, null],
    ["an app's name in the other", {}, { browser: "webview", major: null }, null],
    ["an app on two systems", { browser: "facebook", os: "ios" }, { browser: "webview" }, "os"],
    ["a phone and a desktop of one name", { mobile: true }, {}, null],
  ])("that is %s in header and page", (_, header, page, differs) => {
    const entry = start({ agent: { ...CHROME, ...page }, network: { ...HOME, agent: { ...CHROME, ...header } } });
    expect(standing(entry)).toEqual(differs === null ? {} : { "bot.agent_differs": 30 });
    expect(evidence(entry)).toEqual(differs === null ? [] : [`header and page name another ${differs}`]);
  });

  it("differs in its system too where only one of the two is a Firefox", () => {
    const page = { ...FIREFOX, major: CHROME.major, os: "linux" } as const;
    const entry = start({ agent: page, network: { ...HOME, agent: { ...CHROME, os: "windows" } } });
    expect(evidence(entry)).toEqual(["header and page name another browser, os"]);
  });

  it("that only one of the two names differs from nothing", () => {
    expect(standing(from({ agent: CHROME }))).toEqual({});
    expect(standing(start({ agent: CHROME }))).toEqual({});
  });

  it("that comes to differ later is seen by header and by page", () => {
    const detail: Unplaced = { kind: "detail", at: T0 + 1, device: null, screen: null, signals: null, agent: CHROME };
    expect(standing(from({ agent: FIREFOX }), detail)).toEqual({ "bot.agent_differs": 30 });
    expect(standing(start({ agent: CHROME }), network({ agent: FIREFOX }))).toEqual({ "bot.agent_differs": 30 });
  });
});

describe("no user agent", () => {
  const nobody = { agentless: true, agent: null } as const;

  it("of the request or of the page makes it a bot", () => {
    expect(standing(from(nobody))).toEqual({ "bot.no_agent": 60 });
    expect(judged(from(nobody)).label).toBe("bot");
    expect(standing(from({ ...nobody, headers: ["no_user_agent"] }))).toEqual({
      "bot.no_agent": 60,
      "bot.agent_missing": 40,
    });
  });

  it("is what a blank one comes to", () => {
    const blank = start({ device: { user_agent: " " }, agent: agentOf(" "), network: { ...HOME, ...nobody } });
    expect(standing(blank)).toEqual({ "bot.no_agent": 60 });
  });

  it("of a server that names its visitor's is nothing to hold against the visitor", () => {
    expect(standing(start({ agent: CHROME, network: { ...HOME, ...nobody, headers: null } }))).toEqual({});
  });

  it("is taken back once the page names one", () => {
    const detail: Unplaced = { kind: "detail", at: T0 + 1, device: null, screen: null, signals: null, agent: CHROME };
    const { label, ledger } = judged(from(nobody), detail);
    expect(label).toBe("human");
    expect(ledger.find(({ rule }) => rule === "bot.no_agent")).toMatchObject({ withdrawn_at: T0 + 1 });
  });
});

describe("a server's own client", () => {
  const client = { ...NO_AGENT, bot: "Faraday", bot_kind: "tool" } as const;
  const passedOn = (agent: Agent | null, headers: HeaderFinding[] | null) =>
    start({ agent, network: { ...HOME, agent: client, headers } });

  it("convicts nobody whose agent it passes on", () => {
    expect(standing(passedOn(CHROME, null))).toEqual({});
    expect(standing(passedOn({ ...CHROME, bot: "GPTBot" }, null))).toEqual({ "bot.agent": 90 });
  });

  it("convicts where it is all there is, and where it is the page's request", () => {
    expect(standing(passedOn(null, null))).toEqual({ "bot.agent": 90 });
    expect(standing(passedOn({ ...CHROME, browser: null, os: null }, []))).toEqual({ "bot.agent": 90 });
  });
});

describe("headers", () => {
  it.each<[HeaderFinding, string, number]>([
    ["no_user_agent", "bot.agent_missing", 40],
    ["hints_headless", "bot.hints_headless", 70],
    ["hints_differ", "bot.hints_differ", 25],
    ["no_accept_language", "bot.no_accept_language", 3],
    ["no_sec_fetch", "bot.no_sec_fetch", 2],
    ["no_gzip", "bot.no_gzip", 2],
  ])("with %s fire %s and nothing else", (finding, rule, points) => {
    expect(standing(from({ headers: [finding] }))).toEqual({ [rule]: points });
    expect(standing(start(), network({ headers: [finding] }))).toEqual({ [rule]: points });
  });

  it("that lack what every browser sends weigh only beside a case", () => {
    const lacking: HeaderFinding[] = ["no_accept_language", "no_sec_fetch", "no_gzip"];
    expect(judged(from({ headers: lacking })).scores.bot).toBe(0);
    expect(judged(from({ headers: [...lacking, "hints_differ"] })).scores.bot).toBe(25 + 3 + 2 + 2);
  });
});

describe("signals of the page", () => {
  const OLD_HEADLESS: Signals = { plugins: 0, outer_width: 0, outer_height: 0, chrome: false };

  it.each<[string, Signals, Agent | null, Record<string, number>]>([
    ["a driven browser", { webdriver: true }, CHROME, { "bot.webdriver": 70 }],
    ["a browser that is not driven", { webdriver: false }, CHROME, {}],
    ["a driver's flag that is no flag", { webdriver: "true" }, CHROME, {}],
    ["a Chrome 94 without plugins", { plugins: 0 }, { ...CHROME, major: 94 }, { "bot.no_plugins": 15 }],
    ["an Edge without plugins", { plugins: 0 }, { ...CHROME, browser: "edge" }, { "bot.no_plugins": 15 }],
    ["a Chrome 93 without plugins", { plugins: 0 }, { ...CHROME, major: 93 }, {}],
    ["a Chrome of no version without plugins", { plugins: 0 }, { ...CHROME, major: null }, {}],
    ["a Chrome with a plugin", { plugins: 1 }, CHROME, {}],
    ["a Chrome that does not say", { chrome: true }, CHROME, {}],
    ["a Chrome without its object", { chrome: false }, CHROME, { "bot.no_chrome_object": 25 }],
    ["an Edge without its object", { chrome: false }, { ...CHROME, browser: "edge" }, { "bot.no_chrome_object": 25 }],
    ["a window of no size", { outer_width: 0, outer_height: 0 }, FIREFOX, { "bot.zero_outer_size": 30 }],
    ["a window of no width", { outer_width: 0, outer_height: 900 }, CHROME, {}],
    ["a window of no height", { outer_width: 1440, outer_height: 0 }, CHROME, {}],
    ["a Firefox with all that", { plugins: 0, chrome: false }, FIREFOX, {}],
    ["a phone with all that", OLD_HEADLESS, PHONE, {}],
    ["a browser that is not known with all that", OLD_HEADLESS, null, {}],
    ["a television with all that", OLD_HEADLESS, { ...CHROME, os: "webos", device: "tv" }, {}],
    ["a console with all that", OLD_HEADLESS, { ...CHROME, browser: "edge", device: "console" }, {}],
    ["an iPad that says it is a Mac with all that", { ...OLD_HEADLESS, touch: 5 }, { ...CHROME, os: "macos" }, {}],
  ])("of %s", (_, signals, agent, rules) => {
    expect(standing(start({ signals, agent }))).toEqual(rules);
  });

  it.each([
    "Google SwiftShader",
    "llvmpipe (LLVM 15)",
    "softpipe",
    "Software Rasterizer",
    "Mesa OffScreen",
    "VirtualBox",
  ])("of a desktop that draws by %s support a case, and open none", (renderer) => {
    expect(standing(start({ signals: { renderer }, agent: CHROME }))).toEqual({ "bot.software_renderer": 15 });
    expect(judged(start({ signals: { renderer }, agent: CHROME })).scores.bot).toBe(0);
    expect(judged(start({ signals: { renderer, webdriver: true }, agent: CHROME })).scores.bot).toBe(85);
  });

  it.each<[string | number | null, Agent | null]>([
    ["Apple GPU", CHROME],
    [7, CHROME],
    [null, CHROME],
    ["SwiftShader", PHONE],
    ["SwiftShader", null],
  ])("that say it is drawn by %j are nothing to hold against %j", (renderer, agent) => {
    expect(standing(start({ signals: { renderer }, agent }))).toEqual({});
  });

  it("name the software that draws", () => {
    const signals = { renderer: "ANGLE (Google, Vulkan (SwiftShader Device), SwiftShader driver)" };
    expect(evidence(start({ signals, agent: CHROME }))).toEqual(["graphics by SwiftShader"]);
  });

  it("that come with a later start are looked at then", () => {
    const detail = (signals: Signals): Unplaced => ({
      kind: "detail",
      at: T0 + 1,
      device: null,
      screen: null,
      signals,
    });
    expect(standing(start({ agent: CHROME }), detail({ ...OLD_HEADLESS, webdriver: true }))).toEqual({
      "bot.webdriver": 70,
      "bot.no_plugins": 15,
      "bot.zero_outer_size": 30,
      "bot.no_chrome_object": 25,
    });
    expect(standing(start({ agent: CHROME }), detail({ renderer: "llvmpipe" }))).toEqual({
      "bot.software_renderer": 15,
    });
  });
});

describe("a screen", () => {
  it.each<[Screen, Agent | null, string | null]>([
    [{ width: 0, height: 900 }, null, "a screen of 0 × 900"],
    [{ width: 1440, height: 0 }, PHONE, "a screen of 1440 × 0"],
    [{ width: 639, height: 480 }, CHROME, "a desktop with a screen of 639 × 480"],
    [{ width: 640, height: 479 }, CHROME, "a desktop with a screen of 640 × 479"],
    [{ width: 640, height: 480 }, CHROME, null],
    [{ width: 360, height: 400 }, PHONE, null],
    [{ width: 360, height: 400 }, null, null],
    [{ width: 800, height: 600 }, CHROME, "the headless default screen of 800 × 600"],
    [{ width: 800, height: 600 }, PHONE, null],
    [{ width: 801, height: 600 }, CHROME, null],
    [{ width: 800, height: 601 }, CHROME, null],
    [{ width: 1920, height: 1080, color_depth: 15 }, CHROME, "a screen of 15 bits a pixel"],
    [{ width: 1920, height: 1080, color_depth: 15 }, null, "a screen of 15 bits a pixel"],
    [{ width: 1920, height: 1080, color_depth: 16 }, CHROME, null],
    [{ width: 1920, height: 1080, color_depth: null }, CHROME, null],
    [{ width: null, height: 0, color_depth: 8 }, CHROME, null],
    [{ width: 0, height: null, color_depth: 8 }, CHROME, null],
  ])("of %j on %j", (screen, agent, said) => {
    expect(evidence(start({ screen, agent }))).toEqual(said === null ? [] : [said]);
    expect(standing(start({ screen, agent }))).toEqual(said === null ? {} : { "bot.odd_screen": 5 });
  });
});

describe("the edge", () => {
  it.each<[string, Partial<NetworkClasses>, Record<string, number>]>([
    ["a verified bot", { verified_bot: "Search Engine Crawler" }, { "bot.verified": 100 }],
    ["a score of 1", { bot_score: 1 }, { "bot.edge_certain": 70 }],
    ["a score of 2", { bot_score: 2 }, { "bot.edge_likely": 40 }],
    ["a score of 29", { bot_score: 29 }, { "bot.edge_likely": 40 }],
    ["a score of 30", { bot_score: 30 }, {}],
    ["a score of 99", { bot_score: 99 }, {}],
    ["a score that is none", { bot_score: 0 }, {}],
    ["a hosting network", { asn_class: "hosting" }, { "bot.hosting": 10 }],
    ["a VPN's network", { asn_class: "vpn" }, {}],
  ])("with %s is believed", (_, more, rules) => {
    expect(standing(from(more))).toEqual(rules);
    expect(standing(start(), network(more))).toEqual(rules);
  });

  it("says nothing where it tells nothing of the connection", () => {
    expect(standing(from({ edge: false, verified_bot: "Crawler", bot_score: 1, asn_class: "hosting" }))).toEqual({});
  });

  it("makes no case of an address in a data centre, but adds to one", () => {
    expect(judged(from({ asn_class: "hosting" })).scores.bot).toBe(0);
    expect(judged(from({ asn_class: "hosting", bot_score: 12 })).scores.bot).toBe(50);
  });

  it.each([
    [99, {}],
    [100, { "bot.shared_address": 5 }],
  ])("finds %i sessions of one address in a day", (sessions, rules) => {
    expect(standing(start(), identity({ address: { sessions } }))).toEqual(rules);
    expect(standing(start(), identity({ fingerprint: { sessions } }))).toEqual({});
  });
});
