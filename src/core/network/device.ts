import { platformOf } from "./platform";

/** What a visitor holds: the class of a device, and its system, from a user agent. Pure. */

export const DEVICE_CLASSES = ["desktop", "mobile", "tablet", "tv", "console", "unknown"] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

const SYSTEMS = [
  "windows",
  "macos",
  "ios",
  "android",
  "linux",
  "chromeos",
  "tvos",
  "tizen",
  "webos",
  "roku",
  "harmonyos",
  "kaios",
  "playstation",
  "nintendo",
] as const;
export type System = (typeof SYSTEMS)[number];

// The order matters: each system also names what it descends from, and Windows phones name Android and iPhone.
const SYSTEM_WORDS: readonly (readonly [System, RegExp])[] = [
  ["windows", /\bWindows Phone\b|\bXbox\b/i],
  ["playstation", /\bPlayStation\b/i],
  ["nintendo", /\bNintendo\b/i],
  ["kaios", /\bKAIOS\b/i],
  ["tizen", /\bTizen\b/i],
  ["webos", /\b(?:Web0S|webOS|hpwOS)\b/i],
  ["roku", /\bRoku/i],
  ["tvos", /\bApple ?TV|\btvOS/i],
  ["harmonyos", /\b(?:OpenHarmony|HarmonyOS)\b/i],
  ["ios", /\b(?:iPhone|iPad|iPod|iOS|iPadOS)(?![a-z])|\b(?:CriOS|FxiOS|EdgiOS)\/|\bCPU OS \d/i],
  ["android", /\bAndroid\b|\bSilk\/|\bKF[A-Z]{2,6}\b/i],
  ["windows", /\bWindows\b|\bWin(?:9[58]|NT|10|11)\b/i],
  ["chromeos", /\bCrOS\b/],
  ["macos", /\bMac(?:intosh|OS| OS|_PowerPC)\b|\bDarwin\//i],
  ["linux", /\b(?:Linux|X11|Ubuntu)(?![a-z])/i],
];

export const systemOf = (agent: string): System | null =>
  SYSTEM_WORDS.find(([, words]) => words.test(agent))?.[0] ?? null;

const CONSOLE = /\b(?:PlayStation|PS[2-5]\b|Xbox|Nintendo|Wii|Dreamcast|SEGASATURN|OUYA|Retroid|ANBERNIC)\b/i;

/** Standards and platforms of televisions and the boxes beside them, and what makers call theirs. */
const TV_PLATFORM = new RegExp(
  [
    /\b(?:HbbTV|CE-HTML|NETTV|NetCast|Web0S|tvOS|VIDAA|BRAVIA|Viera|Vizio|WhaleTV|TitanOS|Kepler)\b/,
    /\bSmart[-_ ]?TV|\b(?:Google|Android|Opera|Philips|Mi|Hybrid|Web|You|Inet)[-_ ]?TV\b|\bApple ?TV|\bInettvBrowser\b/,
    /\bRoku|\bCrKey\/|\bChromecast\b|\bOMI\/\d|\bSonyDTV|\bavui\/tv\b|\bMi ?BOX|\bBrightSign\b|\bTV ?Box\b/,
    /\bSTB\b|_STB_|\bSet-?Top|\bOTT\b|_OTT_|-OTT-/,
    // Browsers made for them: Samsung's, Yandex's, TV Bro, Quick Search TV.
    /\bTV Safari\/|\bSafari\/[\d.]{1,12} TV$|\bTV Bro\/|\bQuick Search TV\/|\bSky_TV_|\bCoolita OS\b/,
    // Without a desktop's window system, Linux on such a chip is built into something.
    /\(Linux (?:armv\d|aarch64|mips|sh4)/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);
/** Fire TV's models. */
const FIRE_TV = /\bAFT[A-Z][A-Z0-9]{0,6}\b/;
/** `TV` in a model's name. Phones with an aerial have it, too. `BTV-` is left out, because those are Huawei's tablets. */
const TV_NAME = /(?:^|[\s;_(/.-])(?!BTV-)[A-Z]{0,2}TV(?=$|[\s;_)/.,\d-])/i;

/** Devices that are held or sit on a desk. A TV channel's app adds TV to the agent there, so only the platform counts. */
const IS_NO_TV = /\b(?:iPhone|iPad|iPod|Windows|Macintosh)\b/i;

const TABLET =
  /\bNokia T\d\d\b|\biPad(?![a-z])|\bTablet\b(?! PC)|\bTouchPad\b|\bPlayBook\b|\bKindle\b|\bKF[A-Z]{2,6}\b|\bNexus (?:7|9|10)\b|\bSM-[TXP]\d{3}|\bGalaxy Tab|\b(?:Mi|Media|Mate|Redmi|OPPO|vivo|Honor|OnePlus|Xiaomi) ?Pad\b|\bLenovo (?:TB|YT)|\bTB-?\d{3,4}[A-Z]/i;
const PHONE =
  /\bMobi|\b(?:iPhone|iPod)(?!s)|\bWindows (?:Phone|CE)\b|\bIEMobile\b|\bBlackBerry|\bBB10\b|\bOpera (?:Mini|Mobi)\b|\bSymbian|\bSymbOS\b|\bSeries ?[346]0\b|\bNokia|\bMIDP\b|\bKAIOS\b|\bJ2ME\b|\bPalm|\bSM-[FZ]\d{3}|\bUP\.Browser\b|\bWAP\b|\bUCWEB\b|\bMAUI\b/i;
const DESKTOP =
  /\bWindows\b|\bWin(?:9[58]|NT|10|11)\b|\bMac(?:intosh|OS| OS|_PowerPC)\b|\bX11\b|\bLinux(?![a-z])|\bCrOS\b|\bUbuntu\b|\b(?:Free|Open|Net)BSD\b|\bSunOS\b|\bHaiku\b|\bAmigaOS\b|\bOS\/2\b|\(PC;|\bDarwin\//i;

const SHOWS_PAGES = /\b(?:AppleWebKit|Gecko|Presto)\//;

/**
 * The class by the agent's own words. An Android agent that leaves out `Mobile` is a tablet's:
 * https://developer.chrome.com/docs/multidevice/user-agent
 */
export function deviceOf(agent: string): DeviceClass {
  if (CONSOLE.test(agent)) return "console";
  const isAndroid = /\bAndroid\b|\bSilk\//i.test(agent);
  if (isTv(agent, isAndroid && /\bMobile\b/i.test(agent))) return "tv";
  if (/\bChromebook\b/i.test(agent)) return "desktop";
  if (TABLET.test(agent)) return "tablet";
  if (PHONE.test(agent)) return "mobile";
  // An iPad that asks for the desktop site: Safari says only Macintosh, other browsers keep their name for iOS.
  const isIosBrowser = /\b(?:CriOS|FxiOS|EdgiOS|OPiOS)\//.test(agent);
  // Apps that fetch without showing a page leave out `Mobile` on phones, too.
  if (isAndroid && !SHOWS_PAGES.test(agent)) return "mobile";
  if (isAndroid || isIosBrowser) return "tablet";
  return DESKTOP.test(agent) ? "desktop" : "unknown";
}

/** `isPhone`: Android that says `Mobile`. */
function isTv(agent: string, isPhone: boolean): boolean {
  const platform = agent.slice(...platformOf(agent));
  const isNoTv = isPhone || IS_NO_TV.test(platform);
  if (TV_PLATFORM.test(isNoTv ? platform : agent) || FIRE_TV.test(platform)) return true;
  return !isNoTv && TV_NAME.test(platform);
}

/** What a page knows of the device besides its agent. */
export interface DeviceHints {
  /** `navigator.maxTouchPoints`; null where it is not known. */
  touch: number | null;
  /** `navigator.platform`. */
  platform: string | null;
  /** The shorter side of the screen, CSS pixels; null where it is not known. */
  side: number | null;
}

/**
 * If the shorter side has at least so many px, Android lays out for a tablet:
 * https://developer.android.com/guide/topics/large-screens
 */
const TABLET_SIDE_PX = 600;

/**
 * Phones and tablets that ask for the desktop site say that they are a Mac or a Linux desktop. No Mac has a touch screen,
 * and no Linux desktop with one has the platform of a phone's chip.
 */
export function behindDesktop(
  os: System | null,
  { touch, platform, side }: DeviceHints,
): { os: System; device: DeviceClass } | null {
  const device = side !== null && side < TABLET_SIDE_PX ? "mobile" : "tablet";
  if (touch === null || touch < 1) return null;
  if ((os === "macos" || os === "ios") && touch > 1) return { os: "ios", device };
  return os === "linux" && /\b(?:arm|aarch64)/i.test(platform ?? "") ? { os: "android", device } : null;
}
