import { describe, expect, it } from "vitest";
import { agentOf } from "../../src/core/network/agent";
import { behindDesktop, type DeviceClass, deviceOf, systemOf } from "../../src/core/network/device";
import { android, iphone, linux, mac, view, windows } from "../support/agents";

const INSTAGRAM =
  "Instagram 330.0.0.40.92 Android (33/13; 480dpi; 1080x2176; samsung; SM-G991B; o1s; en_GB; 590000000)";

const DEVICES: Readonly<Record<DeviceClass, readonly [what: string, agent: string][]>> = {
  desktop: [
    ["Windows", windows("Chrome/140.0.0.0 Safari/537.36")],
    ["Windows with a channel's app", windows("TV.de/1.0 Chrome/120.0 Electron/27.0 Safari/537.36")],
    ["a Mac with another's", mac("Version/17.4.1 Safari/605.1.15 Web TV")],
    ["an app named after a time", linux("Chrome/124.0.0.0 Safari/537.36 after/1.0")],
    [
      "a Windows with the parts of a tablet PC",
      "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; Tablet PC 2.0; rv:11.0) like Gecko",
    ],
    ["a Mac", mac("Version/17.4.1 Safari/605.1.15")],
    ["Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"],
    [
      "ChromeOS",
      "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124 Safari/537.36",
    ],
    ["a Chromebook's Android", android("Samsung Chromebook 3 Build/R80", "Chrome/124 Safari/537.36")],
    ["WeChat on Windows", windows("Chrome/107.0.0.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat")],
  ],
  mobile: [
    ["an iPhone with a channel's app", iphone("Mobile/15E148 MyTV/1.0")],
    ["an iPhone with another's", iphone("Version/17.5 Mobile/15E148 Safari/604.1 Sky TV/5")],
    ["an iPhone with a remote for Apple TV", iphone("Mobile/15E148 AppleTV-Remote/1.0")],
    ["an Android with a remote", android("SM-S911B; wv", "Chrome/124.0 Mobile Safari/537.36 SmartTV-Remote/1")],
    ["an app's own request", "Instagram 312.0.0.0.0 Android (34/14; 480dpi; 1080x2176; Google; Pixel 8; en_US)"],
    ["Android's own client", "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A)"],
    ["a library's", "okhttp/4.9 (Android 13)"],
    ["an iPhone", iphone("Version/18.5 Mobile/15E148 Safari/604.1")],
    ["an iPod", "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X)"],
    ["an Android", android("Pixel 9")],
    ["a reduced Android", android("K")],
    ["an app that says Android again", view("SM-G991B", INSTAGRAM)],
    ["an unfolded phone", android("SM-F946B", "Chrome/124.0.0.0 Safari/537.36")],
    ["Firefox", "Mozilla/5.0 (Android 13; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0"],
    ["KaiOS", "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5"],
    [
      "a Windows phone",
      "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) Chrome/52 Mobile Edge/15.15254",
    ],
    ["Opera Mini", "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.12"],
    ["a phone with an aerial", android("myA9 DTV")],
    ["a phone named after a TV", android("DROIDZ Beat TV Build/JDQ39")],
  ],
  tablet: [
    [
      "Huawei's, which is called BTV",
      "Mozilla/5.0 (Linux; Android 7.0; BTV-W09 Build/HUAWEIBEETHOVEN-W09) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.101 Safari/537.36",
    ],
    [
      "an iPad with a channel's app",
      "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 TV4/5",
    ],
    ["Nokia's", android("Nokia T20", "Chrome/124.0.0.0 Safari/537.36")],
    ["an app that is not on Fire TV", android("K", "Chrome/124.0.0.0 Safari/537.36 after/1.0")],
    [
      "an iPad",
      "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
    ],
    ["an Android without Mobile", android("Lenovo XYZ", "Chrome/124.0.0.0 Safari/537.36")],
    ["a reduced Android without Mobile", android("K", "Chrome/124.0.0.0 Safari/537.36")],
    ["a Galaxy Tab that says Mobile", android("SM-X710")],
    ["Firefox", "Mozilla/5.0 (Android 13; Tablet; rv:125.0) Gecko/125.0 Firefox/125.0"],
    ["a Kindle Fire", android("KFMAWI", "Silk/108.9.5 like Chrome/108.0.5359.220 Safari/537.36")],
    ["a Kindle Fire's desktop site", linux("Silk/120.4.1 like Chrome/120.0 Safari/537.36")],
    ["an old Kindle Fire's", "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; en-us; Silk/1.0) AppleWebKit/533.16"],
    ["Chrome's desktop site on an iPad", mac("CriOS/124.0.6367.88 Version/11.1.1 Safari/605.1.15")],
  ],
  tv: [
    [
      "Samsung",
      "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36",
    ],
    [
      "LG",
      "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0 Safari/537.36 WebAppManager",
    ],
    [
      "an old LG",
      "Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/38.0 Safari/537.31 SmartTV/8.5",
    ],
    ["Sony", android("BRAVIA 4K UR2", "Chrome/88 Safari/537.36")],
    ["Android TV", android("SHIELD Android TV", "Chrome/120 Safari/537.36")],
    ["Google TV", android("Google TV Streamer Build/x", "Chrome/120 Safari/537.36")],
    ["Chromecast", linux("Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000")],
    ["Fire TV, which says Mobile", view("AFTMM", "")],
    ["a box that is known by its browser", android("KM1", "Chrome/124.0 YaBrowser/24.1 (lite) Safari/537.36 TV")],
    ["a box with TV Bro", `TV Bro/1.0 ${android("KM1", "Chrome/124.0 Safari/537.36")}`],
    [
      "an old Samsung",
      "Mozilla/5.0 (Linux; Tizen 2.3) AppleWebKit/538.1 (KHTML, like Gecko) Version/2.3 TV Safari/538.1",
    ],
    ["Roku", "Roku/DVP-12.0 (12.0.0.4182-88)"],
    ["Apple TV", "AppleTV11,1/11.1"],
    [
      "HbbTV",
      "Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/77 Safari/537.36 HbbTV/1.4.1 (+DRM;Hisense;X;)",
    ],
    [
      "Philips",
      "Opera/9.80 (Linux mips; U; HbbTV/1.1.1 (; Philips; ; ; ; ) CE-HTML/1.0 NETTV/3.2.1; en) Presto/2.6.33 Version/10.70",
    ],
    ["a box", android("TV Box X96 Build/x", "Chrome/120 Safari/537.36")],
    ["Vidaa", linux("Chrome/100.0.4896.127 Safari/537.36 VIDAA/6.0(Hisense;SmartTV;55A6)")],
  ],
  console: [
    ["PlayStation 5", "Mozilla/5.0 (PlayStation 5 3.11) AppleWebKit/605.1.15 (KHTML, like Gecko)"],
    ["PlayStation Vita", "Mozilla/5.0 (PlayStation Vita 3.60) AppleWebKit/537.73 (KHTML, like Gecko) Silk/3.2"],
    [
      "Xbox",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Edge/44.18363",
    ],
    [
      "Switch",
      "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0 NintendoBrowser/5.1",
    ],
  ],
  unknown: [
    ["a program", "curl/8.5.0"],
    ["Mozilla and no more", "Mozilla/5.0"],
  ],
};

describe.each(Object.entries(DEVICES))("a %s", (kind, agents) => {
  it.each(agents)("is %s", (_, agent) => {
    expect(deviceOf(agent)).toBe(kind);
    expect(agentOf(agent)?.mobile).toBe(kind === "mobile" || kind === "tablet");
  });
});

it.each([
  ["Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0)", "tizen"],
  ["Mozilla/5.0 (Web0S; Linux/SmartTV)", "webos"],
  ["Roku/DVP-12.0", "roku"],
  ["AppleTV11,1/11.1", "tvos"],
  ["Mozilla/5.0 (PlayStation 5 3.11)", "playstation"],
  ["Mozilla/5.0 (Nintendo Switch; Browser)", "nintendo"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One)", "windows"],
  ["Mozilla/5.0 (Windows Phone 8.1; ARM; like iPhone OS 7_0_3 Mac OS X; Android 4.0)", "windows"],
  ["Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36", "harmonyos"],
  ["Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "kaios"],
  [mac("CriOS/124.0 Safari/605.1.15"), "ios"],
  [linux("Silk/120.4.1 like Chrome/120.0 Safari/537.36"), "android"],
])("%s runs %s", (agent, os) => {
  expect(systemOf(agent)).toBe(os);
});

describe("what asks for the desktop site", () => {
  const hints = { touch: 5, platform: "MacIntel", side: 820 };

  it.each([
    ["an iPad that says it is a Mac", "macos", {}, { os: "ios", device: "tablet" }],
    ["an iPhone that says it is a Mac", "macos", { side: 390 }, { os: "ios", device: "mobile" }],
    ["an iPad of an unknown screen", "macos", { side: null }, { os: "ios", device: "tablet" }],
    ["a screen at the edge", "macos", { side: 600 }, { os: "ios", device: "tablet" }],
    ["a screen just below it", "macos", { side: 599 }, { os: "ios", device: "mobile" }],
    ["an Android tablet", "linux", { platform: "Linux armv81" }, { os: "android", device: "tablet" }],
    ["an Android phone", "linux", { platform: "Linux aarch64", side: 412 }, { os: "android", device: "mobile" }],
    ["a Mac", "macos", { touch: 0 }, null],
    ["a Mac whose page does not say", "macos", { touch: null }, null],
    ["a Mac with one touch point, as a tool may feign", "macos", { touch: 1 }, null],
    ["a Linux with a touch screen", "linux", { platform: "Linux x86_64" }, null],
    ["a Linux of no platform", "linux", { platform: null }, null],
    ["a Windows with a touch screen", "windows", { touch: 10, platform: "Win32" }, null],
  ] as const)("%s", (_, os, more, behind) => {
    expect(behindDesktop(os, { ...hints, ...more })).toEqual(behind);
  });
});
