import { describe, expect, it } from "vitest";
import { agentOf } from "../../src/core/network/agent";
import { botOf } from "../../src/core/network/bot";
import { BOT_KINDS, kindByCategory } from "../../src/core/network/bot-kind";
import { browserOf } from "../../src/core/network/browser";
import { deviceOf, systemOf } from "../../src/core/network/device";
import { MAX_AGENT_UNITS } from "../../src/limits";
import { android, compatible, iphone, linux, mac, view, windows } from "../support/agents";

const botIn = (agent: string) => agentOf(agent)?.bot ?? null;

describe("a person's browser", () => {
  it.each([
    // Words in the names of phones and their makers.
    ["Cubot", android("CUBOT X18 Plus")],
    [
      "Cubot in a build's name",
      `Mozilla/5.0 (Linux; U; Android 4.2.2; it-it; S308 Build/CUBOT) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30`,
    ],
    ["Cubot with an underscore", android("CUBOT_NOTE_20")],
    [
      "Cubot in an app",
      view("NOTE 20", "Instagram 330.0.0.40.92 Android (30/11; 480dpi; 720x1500; CUBOT; CUBOT_NOTE_20; x; de_DE)"),
    ],
    ["Cubot in Facebook", view("NOTE 20", "[FB_IAB/FB4A;FBAV/463.0.0.51.85;FBMF/CUBOT;FBBD/CUBOT;FBDV/NOTE 20;]")],
    ["Capture", android("Capture+")],
    ["Spider", android("Spider 8")],
    ["M bot", android("M bot 54")],
    ["Discovery", android("Discovery 108C")],
    ["Radar", android("Radar Deluxe 2")],
    ["Scan", android("Scanner S10")],
    ["a model with more brackets", android("Moto Check (4)")],
    // Apps and readers.
    ["WeChat's process", view("V2049A", "MMWEBID/2585 MicroMessenger/8.0.47 Process/toolsmp Language/zh_CN")],
    ["another process of WeChat's", view("V2049A", "MicroMessenger/8.0.47 Process/tools Language/zh_CN")],
    ["WeChat on Windows", windows("Chrome/107.0 Safari/537.36 MicroMessenger/7.0.20 Process/toolsmp WindowsWechat")],
    ["Sogou", windows("Chrome/120.0.0.0 Safari/537.36 SE 2.X MetaSr 1.0")],
    [
      "Sogou's phone browser",
      android("M2101K6G", "Chrome/68.0 Mobile Safari/537.36 AWP/2.0 SogouMSE,SogouMobileBrowser/6.1.54"),
    ],
    ["Sogou's search app", windows("Chrome/87.0 Safari/537.36 SogouSearch/1.0")],
    ["SmartNews", iphone("Mobile/15E148 SmartNews/24.5")],
    ["BBC News", view("SM-A546B", "BBCNews/7.2")],
    ["a reader", view("SM-A546B", "FeedReader/3.1")],
    ["an app that scans", view("SM-A546B", "QRScanner/2.0")],
    ["an app that monitors", iphone("Mobile/15E148 GlucoseMonitor/2.0")],
    ["an app behind Safari's name", iphone("Version/17.5 Mobile/15E148 Safari/604.1 FlightRadar24/9.27")],
    ["an app behind Chrome's name", android("SM-A546B", "Chrome/124.0 Mobile Safari/537.36 PriceChecker/3.1")],
    ["an app with a domain", view("VFD 1300", "[air.com.A888poker/1.0]")],
    ["the Google app", iphone("GSA/320.0.639186104 Mobile/15E148 Safari/604.1")],
    ["Roblox", iphone("Mobile/15E148 ROBLOX iOS App 2.6 Hybrid()")],
    ["WhatsApp's own", view("SM-A546B", "WhatsApp/2.24.8")],
    ["a reader of feeds", iphone("Mobile/15E148 Feedly/90.0")],
    ["Tumblr", view("SM-A546B", "Tumblr/Android/34.1")],
    ["Slack", "Slack/4.38.125"],
    ["Snapchat without a note", "Snapchat/12.88.0.40"],
    ["the Wayback Machine's add-on", windows("Chrome/120.0.0.0 Safari/537.36 Wayback")],
    // Televisions and consoles.
    [
      "CE-HTML",
      "Mozilla/5.0 (Linux armv7l; CE-HTML/1.0; U; en) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0 Safari/537.36 Tbrowser/2.0",
    ],
    [
      "CE-HTML without brackets",
      "Opera/9.80 X11;Linux armv7i;NETRANGEMMH;HbbTV/1.1.1;CE-HTML/1.0;Vendor/TCL;U;en AppleWebKit/534.24 KHTML, like Gecko",
    ],
    [
      "HbbTV's plus",
      "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87 Safari/537.36 HbbTV/1.6.1 (+DRM; LGE; 43UN68; 04.50;)",
    ],
    [
      "a catcher",
      "Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0 Safari/537.36 OPR/46.0 OMI/4.21.4.112.Catcher4.69 VIDAA/5.0",
    ],
    ["a PlayStation", "Mozilla/5.0 (PS3) AppleWebKit/531.22.8 (KHTML, like Gecko) PlayStation 3"],
    // Old desktops.
    [
      "a download manager",
      "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/4.0; QQDownload 691; .NET CLR 2.0.50727)",
    ],
    ["Java of a phone", android("LG-GT540", "Version/3.1.2 Mobile Safari/525.20.1 Java/Jbed/7.0 Profile/MIDP-2.1")],
    ["Electron", mac("Slack/4.38.125 Chrome/124.0 Electron/30.0 Safari/537.36")],
  ])("with %s is no bot", (_, agent) => {
    expect(botIn(agent)).toBeNull();
    expect(agentOf(agent)?.bot_kind).toBeNull();
  });
});

const BARE_NAMES = [
  "ChatGPT-User",
  "Perplexity-User",
  "Kimi-User",
  "anthropic-ai",
  "NovaAct",
  "HetrixTools",
  "ThousandEyes",
  "NodePing",
];

describe("a bot with a browser's agent", () => {
  it.each([
    [
      "Googlebot",
      android(
        "Nexus 5X Build/MMB29P",
        "Chrome/124.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      ),
    ],
    [
      "AdsBot-Google",
      iphone(
        "Version/16.6 Mobile/15E148 Safari/604.1 (compatible; AdsBot-Google-Mobile; +http://www.google.com/mobile/adsbot.html)",
      ),
    ],
    ["Applebot", mac("Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)")],
    ["Bytespider", android("Nexus 5 Build/MRA58N", "Chrome/40.0 Mobile Safari/537.36; Bytespider")],
    ["BingPreview", iphone("Version/7.0 Mobile/11A465 Safari/9537.53 BingPreview/1.0b")],
    ["Chrome-Lighthouse", android("moto g power (2022)", "Chrome/119.0 Mobile Safari/537.36 Chrome-Lighthouse")],
    ["GTmetrix", linux("Chrome/117.0.0.0 Safari/537.36 GTmetrix")],
    ["HeadlessChrome", windows("HeadlessChrome/124.0.0.0 Safari/537.36")],
    ["Percy", linux("Chrome/124.0.0.0 Safari/537.36 Percy/1.28")],
    [
      "Amazonbot",
      `${compatible("Amazonbot/0.1; +https://developer.amazon.com/support/amazonbot")} Chrome/119.0 Safari/537.36`,
    ],
    ["Manus-User", mac("Chrome/132.0.0.0 Safari/537.36; Manus-User/1.0")],
    ["watchTowr", "Mozilla/5.0 (watchTowr; Windows NT 10.0; Win64; x64; rv:84.0) Gecko/20100101 Firefox/84.0"],
    [
      "TikTokSpider",
      "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)",
    ],
    [
      "Google-InspectionTool",
      android("Nexus 5X Build/MMB29P", "Chrome/W.X.Y.Z Mobile Safari/537.36 (compatible; Google-InspectionTool/1.0)"),
    ],
    // Names that no table has.
    ["Acme-Fetch", android("Pixel 8", "Chrome/124.0 Mobile Safari/537.36 (compatible; Acme-Fetch/1.0)")],
    ["AcmeCrawler", windows("Chrome/120.0.0.0 Safari/537.36 AcmeCrawler/1.0")],
    ["SWIMGBot", mac("Chrome/45.0.2454.101 Safari/537.36 SWIMGBot")],
    ["AcmeBot", android("Pixel 8; AcmeBot/1.0")],
    ["AcmeBot", view("Pixel 8", "Instagram 330.0 (compatible; AcmeBot; https://acme.example)")],
    ["acme-user", linux("Chrome/124.0.0.0 Safari/537.36 acme-user/1.0")],
    // Names of the table that carry neither a version nor a word for their trade.
    ...BARE_NAMES.map((name) => [name, windows(`Chrome/109.0.0.0 Safari/537.36 ${name}`)]),
    ...BARE_NAMES.map((name) => [name, android("Pixel 8", `Chrome/109.0.0.0 Mobile Safari/537.36 ${name}`)]),
    ...BARE_NAMES.map((name) => [name, view("Pixel 8", name)]),
    ["Devin", mac("Chrome/109.0.0.0 Safari/537.36 Devin/1.0")],
    ["meta-webindexer", linux("Chrome/109.0.0.0 Safari/537.36 meta-webindexer/1.1")],
    // Tools that draw a page.
    ["HtmlUnit", "Mozilla/5.0 (X11; U; Linux x86_64) HtmlUnit/2.70"],
    ["WeasyPrint", linux("WeasyPrint/60")],
    ["PrinceXML", linux("PrinceXML/15")],
    ["Nightmare", linux("Chrome/66.0 Electron/2.0 Safari/537.36 Nightmare/2")],
    ["BackstopJS", linux("Chrome/120.0 Safari/537.36 BackstopJS")],
    ["browser-use", mac("Chrome/120.0 Safari/537.36 browser-use/0.1")],
    ["k6", "k6/0.5 Chrome/120"],
    // An app's name and no page.
    ["facebookexternalhit", "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984"],
    ["HeadlessChrome", "Slack/4.3 HeadlessChrome/120"],
    ["bot", "Discord/1.0 bot"],
    ["crawler", "Reddit/1.0 crawler"],
    ["python-requests", "Instagram 10 python-requests/2.3"],
    ["linebot", "Line/1.0 linebot"],
  ])("%s is one all the same", (name, agent) => {
    expect(botIn(agent)).toBe(name);
  });

  it("is caught in a television's agent too", () => {
    expect(
      botIn("Mozilla/5.0 (SMART-TV; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) (compatible; TvBot/1.0)"),
    ).toBe("TvBot");
  });
});

describe("a tool", () => {
  it.each([
    ["jsdom", "jsdom/22.1.0"],
    ["jsdom", "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/22.1.0"],
    ["HappyDOM", "HappyDOM/14"],
    ["HappyDOM", "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HappyDOM/14.3.9"],
    ["Dart", "Dart/3.4 (dart:io)"],
    ["WindowsPowerShell", "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4522"],
    ["PowerShell", "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.1"],
    ["Percy", "Percy/1.28 (Chrome)"],
    ["curl", "curl/8.5.0"],
    ["Faraday", "Faraday v2.7.4"],
    // Whatever names neither a browser nor what it runs on.
    ["Acme", "Acme Client 3 [en]"],
    ["MyShopSync", "MyShopSync/2.1"],
  ])("is a bot by the name of %s: %s", (name, agent) => {
    expect(botIn(agent)).toMatch(new RegExp(`^${name}`));
  });
});

describe("what a bot comes for", () => {
  it.each([
    ["training", "GPTBot", compatible("GPTBot/1.2; +https://openai.com/gptbot")],
    ["training", "ClaudeBot", compatible("ClaudeBot/1.0; +claudebot@anthropic.com")],
    ["training", "CCBot", "CCBot/2.0 (https://commoncrawl.org/faq/)"],
    [
      "training",
      "Meta-ExternalAgent",
      "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    ],
    ["training", "Amazonbot", compatible("Amazonbot/0.1; +https://developer.amazon.com/support/amazonbot")],
    [
      "training",
      "Bytespider",
      "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
    ],
    ["training", "Applebot-Extended", "Applebot-Extended/0.1"],
    ["search", "OAI-SearchBot", compatible("OAI-SearchBot/1.0; +https://openai.com/searchbot")],
    ["search", "Claude-SearchBot", compatible("Claude-SearchBot/1.0; +https://anthropic.com")],
    ["search", "PerplexityBot", compatible("PerplexityBot/1.0; +https://perplexity.ai/perplexitybot")],
    ["search", "Googlebot", compatible("Googlebot/2.1; +http://www.google.com/bot.html")],
    ["search", "bingbot", compatible("bingbot/2.0; +http://www.bing.com/bingbot.htm")],
    ["search", "Applebot", mac("Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)")],
    ["fetch", "ChatGPT-User", compatible("ChatGPT-User/1.0; +https://openai.com/bot")],
    ["fetch", "Claude-User", compatible("Claude-User/1.0; +Claude-User@anthropic.com")],
    ["fetch", "Perplexity-User", compatible("Perplexity-User/1.0; +https://perplexity.ai/perplexity-user")],
    ["fetch", "MistralAI-User", compatible("MistralAI-User/1.0; +https://docs.mistral.ai/robots")],
    ["monitoring", "UptimeRobot", "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"],
    ["monitoring", "Pingdom", "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)"],
    [
      "preview",
      "facebookexternalhit",
      "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
    ],
    ["preview", "facebookexternalhit", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"],
    ["seo", "AhrefsBot", compatible("AhrefsBot/7.0; +http://ahrefs.com/robot/")],
    ["automation", "HeadlessChrome", windows("HeadlessChrome/124.0.0.0 Safari/537.36")],
    ["tool", "python-requests", "python-requests/2.31.0"],
    ["tool", "Acme", "Acme/1.0"],
    // By a word of a name that no table has.
    ["monitoring", "AcmeUptimeBot", compatible("AcmeUptimeBot/1.0; +https://acme.example")],
    ["other", "AcmeBot", compatible("AcmeBot/1.0; +https://acme.example")],
    ["other", "QwenBot", "Mozilla/5.0 (compatible; QwenBot/1.0)"],
    ["search", "xAI-SearchBot", "Mozilla/5.0 (compatible; xAI-SearchBot/1.0)"],
    ["other", "bedrockbot", "Mozilla/5.0 (compatible; bedrockbot/1.0)"],
    ["fetch", "Copilot-User", "Mozilla/5.0 (compatible; Copilot-User/1.0)"],
    ["other", "Thinkbot", "Mozilla/5.0 (compatible; Thinkbot/0.5)"],
    ["other", "wpbot", "Mozilla/5.0 (compatible; wpbot/1.4)"],
    ["search", "MistralAI-Index", "Mozilla/5.0 (compatible; MistralAI-Index/1.0)"],
    ["monitoring", "BetterStack Uptime", "Mozilla/5.0 (compatible; BetterStack Uptime)"],
    ["monitoring", "Acme Uptime", "Mozilla/5.0 (compatible; Acme Uptime v2.1; https://acme.example)"],
    ["tool", "Bing-Copilot", "Mozilla/5.0 (compatible; Bing-Copilot)"],
    ["tool", "HuggingFace", "Mozilla/5.0 (compatible; HuggingFace/1)"],
    ["other", "Acme", "Mozilla/5.0 (compatible; Acme https://acme.example)"],
    ["other", "Acme", "Mozilla/5.0 (https://acme.example) Acme/2"],
    ["tool", "Acme", "Mozilla/5.0 Acme"],
    ["other", "Gatling", "Gatling/3 (https://gatling.io)"],
    ["other", "Rome Client", "Rome Client (http://x)"],
    ["other", "Acme", "Acme (+acme.example)"],
    ["other", "Acme", "Acme - https://acme.example"],
    ["other", "Acme Clock", "Acme Clock/1.0 ( https://acme.example )"],
    ["other", "AcmeScraper", "Mozilla/5.0 (AcmeScraper)"],
    ["other", "AcmeScraper", "Mozilla/5.0+(compatible;+AcmeScraper;+http://acme.example)"],
  ])("is %s: %s", (kind, name, agent) => {
    expect(agentOf(agent)).toMatchObject({ bot: name, bot_kind: kind });
  });

  it("is told by the edge's category where the agent names nothing", () => {
    expect(kindByCategory("AI Assistant")).toBe("fetch");
    expect(kindByCategory("Aggregator")).toBe("other");
    expect(kindByCategory("constructor")).toBe("other");
    expect(BOT_KINDS).toContain("other");
  });
});

describe("a hostile agent", () => {
  const PIECES = [
    "(",
    ")",
    "(a",
    "[",
    "[a;",
    "; ",
    " ",
    "Android ",
    "Android (",
    "(iPhone",
    "Version/1",
    "rv:1",
    "1.",
    "a",
    "-",
    "a-",
    "@a",
    "(+a",
    "bot-",
    "bot",
    "/1.1",
    " TV",
    "compatible; ",
    "compatible; a ",
    "http://",
    "Silk/",
    "Chrome/1 ",
    "Mozilla/5.0 (",
    "FBAV/",
    "KF",
    "search",
    "|",
    "\u{1f600}",
  ];

  /** Far past the limit, so that an expression whose time grows with the square of its input is noticed: it takes seconds. */
  const UNITS = 32 * MAX_AGENT_UNITS;

  it.each(PIECES)("of %j again and again takes time by its length alone", (piece) => {
    const starts = [
      "",
      "Mozilla/5.0 (",
      "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/1 Safari/1 ",
      "Mozilla/5.0 (SMART-TV) ",
    ];
    const began = performance.now();
    for (const start of starts) {
      const agent = `${start}${piece.repeat(UNITS / piece.length)}`;
      const browser = browserOf(agent)?.browser ?? null;
      botOf(agent, { browser, isApp: false, device: deviceOf(agent), isKnownSystem: systemOf(agent) !== null });
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("is read to its limit and no further", () => {
    const person = windows("Chrome/140.0.0.0 Safari/537.36");
    expect(botIn(`${person}${" ".repeat(MAX_AGENT_UNITS)}Googlebot/2.1`)).toBeNull();
    expect(botIn(`${person}${" ".repeat(MAX_AGENT_UNITS - person.length - 9)}Googlebot/2.1`)).toBe("Googlebot");
  });
});

describe("a name that no table has", () => {
  it.each([
    "jane.doe@example.com reader",
    "jane.doe@example.com",
    "jane.doe@example.com/1.0",
    "client of jane.doe@example.com",
    "Mozilla/5.0 (compatible; jane.doe@example.com)",
    "Mozilla/5.0 (compatible; jane doe@example.com)",
    "jane.doe@bot.example.com",
    "Jane's reader",
    "12345",
    "-",
    windows("Chrome/120.0 Safari/537.36 jane@spider.example"),
  ])("is a fixed word where it may name a person: %s", (agent) => {
    expect(agentOf(agent)?.bot).toBe("unnamed");
  });

  it("is its product's beside a person's address", () => {
    expect(botIn("Mozilla/5.0 (compatible; AcmeCrawl; jane.doe@spider.example)")).toBe("AcmeCrawl");
    expect(botIn("AcmeCrawl/1.0 (jane.doe@example.com)")).toBe("AcmeCrawl");
  });
});
