/** Names of browsers and of apps that open pages within themselves, from a user agent. Pure. */

const BROWSERS = [
  "chrome",
  "edge",
  "firefox",
  "safari",
  "opera",
  "samsung",
  "ie",
  "yandex",
  "uc",
  "xiaomi",
  "huawei",
  "vivo",
  "oppo",
  "whale",
  "qq",
  "sogou",
  "silk",
  "vivaldi",
  "brave",
  "duckduckgo",
  "webview",
  "android",
  "instagram",
  "facebook",
  "messenger",
  "threads",
  "tiktok",
  "snapchat",
  "pinterest",
  "linkedin",
  "twitter",
  "reddit",
  "wechat",
  "line",
  "kakaotalk",
  "google_app",
  "telegram",
  "naver",
  "baidu",
  "alipay",
  "weibo",
  "zalo",
  "vk",
  "viber",
  "discord",
  "slack",
  "teams",
] as const;
export type Browser = (typeof BROWSERS)[number];

type BrowserPattern = readonly [Browser, RegExp];

/** An app's page runs in the system's web view, so these come before the browser that the web view is made of. */
const APP_NAMES: readonly BrowserPattern[] = [
  ["threads", /\bBarcelona (\d+)/],
  ["instagram", /\bInstagram[ /](\d+)/],
  ["messenger", /\bFBAN\/(?:Messenger|Orca)|\bFB_IAB\/(?:Orca|MESSENGER)\b/],
  ["facebook", /\bFBAV\/(\d+)/],
  ["facebook", /\bFBAN\/|\bFB_IAB\/|\bMetaIAB\b/],
  ["tiktok", /\b(?:musical_ly|trill)_(\d+)|\b(?:musical_ly|trill|BytedanceWebview|ByteLocale|TikTok)(?![a-z])/i],
  ["snapchat", /Snapchat\/(\d+)/],
  ["pinterest", /\bPinterest(?:\/(?:iOS|Android)| for (?:iOS|Android))/],
  ["linkedin", /\bLinkedInApp\b(?:\]?\/(\d+))?/],
  ["twitter", /\bTwitter(?:Android| for )/],
  ["reddit", /\bReddit\/|\bRedditAndroid\b/],
  ["wechat", /\bMicroMessenger\/(\d+)/],
  ["line", /\bLine\/(\d+)/],
  ["kakaotalk", /\bKAKAOTALK\b(?:[ /](\d+))?/i],
  ["google_app", /\b(?:GSA|GoogleApp)\/(\d+)/],
  ["telegram", /\bTelegram(?:-Android|-iOS)?[/ ](\d+)/],
  ["naver", /\bNAVER\(/],
  ["baidu", /\bbaiduboxapp\/(\d+)/i],
  ["alipay", /\bAlipayClient\/(\d+)/],
  ["weibo", /\bWeibo \(|__weibo__/i],
  ["zalo", /\bZalo\b/],
  ["vk", /\bVKAndroidApp\/|\bVKClient\/|\bcom\.vk\./],
  ["viber", /\bViber\/(\d+)/],
  ["discord", /\bDiscord\/(\d+)/],
  ["slack", /\bSlack(?:_SSB)?\/(\d+)/],
  ["teams", /\bTeams(?:Mobile-\w+)?\/(\d+)/],
];

/** Browsers that are an app's own. */
export const APPS: ReadonlySet<Browser> = new Set(["webview", ...APP_NAMES.map(([name]) => name)]);

/** Each names the engines and browsers it descends from as well. */
const OWN_NAMES: readonly BrowserPattern[] = [
  ["edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["opera", /\b(?:OPR|OPiOS|OPX|OPT)\/(\d+)|\bOpera[ /](?:Mini\/)?(\d+)/],
  ["samsung", /\bSamsungBrowser\/(\d+)/],
  ["yandex", /\b(?:YaBrowser|YaSearchBrowser|YaSearchApp|YandexSearch|YaApp_Android)\/(\d+)/i],
  ["uc", /\bUC(?:Browser|Mobile|Mini)\/(\d+)|\bUCWEB/],
  ["xiaomi", /\bMiuiBrowser\/(\d+)/],
  ["huawei", /\bHuaweiBrowser\/(\d+)/],
  ["vivo", /\bVivoBrowser\/(\d+)/],
  ["oppo", /\b(?:HeyTapBrowser|OppoBrowser)\/(\d+)/],
  ["whale", /\bWhale\/(\d+)/],
  ["qq", /\bM?QQBrowser(?:Lite)?\/(\d+)/],
  ["sogou", /\bSogou(?:MobileBrowser|MSE)\b(?:\/(\d+))?|\bMetaSr\b/],
  ["silk", /\bSilk\/(\d+)/],
  ["vivaldi", /\bVivaldi\/(\d+)/],
  ["brave", /\bBrave(?: Chrome)?\/(\d+)/],
  ["duckduckgo", /\b(?:DuckDuckGo|Ddg)\/(\d+)/],
  ["firefox", /\b(?:Firefox|FxiOS|Focus|Klar)\/(\d+)/],
  // Android's web view: https://developer.chrome.com/docs/webview/user-agent
  ["webview", /; ?wv\) AppleWebKit\/[\d.]{1,12} \(KHTML, like Gecko\) Chrome\/(\d+)|\bVersion\/4\.0 Chrome\/(\d+)/],
  ["chrome", /\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\/(\d+)/],
  ["android", /\bAndroid [^()]{0,200}\) AppleWebKit\/[\d.+]{1,16} \(KHTML,? like Gecko\) Version\/(\d+)/],
  ["safari", /\bVersion\/(\d{1,4})[\d.]{0,16} (?:Mobile\/\w{1,16} )?Safari\//],
  ["ie", /\bMSIE (\d+)|\brv:(\d{1,4})[\d.]{0,8}\) like Gecko/],
  // Safari's engine on a phone of Apple's without Safari's name is a page within an app.
  ["webview", /\((?:iPhone|iPad|iPod)[^()]{0,200}\) AppleWebKit\/[\d.]{1,16} \(KHTML, like Gecko\)(?! Version)/],
];

export interface BrowserName {
  browser: Browser;
  /** Major version; null where the agent gives none. */
  major: number | null;
}

export function browserOf(agent: string): BrowserName | null {
  for (const names of [APP_NAMES, OWN_NAMES]) {
    for (const [browser, pattern] of names) {
      const match = pattern.exec(agent);
      if (!match) continue;
      const version = match.slice(1).find((group) => group !== undefined);
      return { browser, major: version === undefined ? null : Number(version) };
    }
  }
  return null;
}
