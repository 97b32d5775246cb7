import { describe, expect, it } from "vitest";
import { agentOf } from "../../src/core/network/agent";
import { AGENTS_REMEMBERED } from "../../src/limits";
import { iphone, view } from "../support/agents";

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko)";

it("is read the same however many others were read since", () => {
  const of = (major: number) => agentOf(`${WINDOWS} Chrome/${major}.0.0.0 Safari/537.36`)?.major;
  const majors = Array.from({ length: 2 * AGENTS_REMEMBERED }, (_, i) => 100 + i);
  for (const round of [majors, majors.toReversed()]) expect(round.map(of)).toEqual(round);
});

describe("a user agent's browser", () => {
  it.each([
    [`${WINDOWS} Chrome/140.0.0.0 Safari/537.36`, "chrome", 140],
    [`${WINDOWS} HeadlessChrome/99.0.0.0 Safari/537.36`, "chrome", 99],
    [`${IPHONE} CriOS/141.0.1 Mobile/15E148 Safari/604.1`, "chrome", 141],
    [`${WINDOWS} Chrome/140.0.0.0 Safari/537.36 Edg/139.0.0.0`, "edge", 139],
    [`${WINDOWS} Chrome/64.0.0.0 Safari/537.36 Edge/18.17763`, "edge", 18],
    [`${ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/138.0`, "edge", 138],
    [`${IPHONE} Version/17.0 EdgiOS/137.0 Mobile/15E148 Safari/604.1`, "edge", 137],
    [`${WINDOWS} Chrome/140.0.0.0 Safari/537.36 OPR/121.0.0.0`, "opera", 121],
    [`${IPHONE} OPiOS/16.0.15 Mobile/15E148 Safari/9537.53`, "opera", 16],
    [`${IPHONE} Version/17.4 Mobile/15E148 Safari/604.1 OPX/2.3.4`, "opera", 2],
    [`${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, "samsung", 28],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "firefox", 143],
    [`${IPHONE} FxiOS/142.0 Mobile/15E148 Safari/605.1.15`, "firefox", 142],
    [`${MAC} Version/17.4.1 Safari/605.1.15`, "safari", 17],
    [`${MAC} Version/9 Safari/605.1.15`, "safari", 9],
    [`${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, "safari", 18],
  ])("%s is %s %i, by the most particular of the names in it", (text, browser, major) => {
    expect(agentOf(text)).toMatchObject({ browser, major });
  });

  it.each([
    ["a version that says nothing of Safari", `${MAC} Version/17.4.1`],
    ["Safari without a version of its own", `${MAC} Safari/605.1.15`],
    ["something between its version and Safari", `${MAC} Version/17.4.1 Thing/1 Safari/605.1.15`],
    ["a name without a number", "Mozilla/5.0 Chrome Firefox Edg"],
    [
      "a name that only ends like a browser's",
      "xEdg/1 xOPR/1 xSamsungBrowser/1 xFirefox/1 xChrome/1 xVersion/1 Safari/1",
    ],
    ["a word after a slash", "Edg/a OPR/b SamsungBrowser/c Firefox/d Chrome/e Version/f Safari/g"],
  ])("is not known from %s", (_, text) => {
    expect(agentOf(text)).toMatchObject({ browser: null, major: null });
  });
});

describe("an app that opens pages within itself", () => {
  it.each([
    ["instagram", 331, iphone("Mobile/15E148 Instagram 331.0.0.21.90 (iPhone14,5; iOS 17_5_1; de_DE; de; scale=3.00)")],
    ["instagram", 330, view("SM-G991B", "Instagram 330.0.0.40.92 Android (33/13; 480dpi; 1080x2176; samsung)")],
    ["threads", 289, iphone("Mobile/15E148 Barcelona 289.0.0.25.109 (iPhone13,3; iOS 17_5)")],
    ["facebook", 463, iphone("Mobile/15E148 [FBAN/FBIOS;FBAV/463.1.0.46.99;FBDV/iPhone14,5;FBSN/iOS;FBSV/17.5.1]")],
    ["facebook", 463, view("SM-G991B", "[FB_IAB/FB4A;FBAV/463.0.0.51.85;]")],
    ["messenger", null, iphone("Mobile/15E148 [FBAN/MessengerForiOS;FBAV/457.0.0.50.108]")],
    ["tiktok", 34, iphone("Mobile/21F90 musical_ly_34.5.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6")],
    ["tiktok", null, view("SM-G991B", "BytedanceWebview/d8a21c6")],
    ["snapchat", 12, iphone("Mobile/15E148 Snapchat/12.88.0.40 (like Safari/8618.2.12.10.9, panda)")],
    ["pinterest", null, iphone("Mobile/15E148 [Pinterest/iOS]")],
    ["linkedin", 9, iphone("Mobile/15E148 [LinkedInApp]/9.29.7655")],
    ["twitter", null, iphone("Mobile/15E148 Twitter for iPhone/10.44")],
    ["wechat", 8, iphone("Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI")],
    ["line", 14, iphone("Safari Line/14.9.0")],
    ["kakaotalk", 10, iphone("Mobile/15E148 Safari/604.1 KAKAOTALK 10.8.5")],
    ["google_app", 320, iphone("GSA/320.0.639186104 Mobile/15E148 Safari/604.1")],
    ["duckduckgo", 7, iphone("Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15")],
    ["telegram", 10, view("Pixel 8", "Telegram-Android/10.14.5 (Google Pixel 8; Android 14)")],
    ["telegram", 10, view("Pixel 8", "Telegram/10.14.5")],
    ["webview", null, iphone("Mobile/15E148")],
    ["webview", 124, view("Pixel 8", "")],
    ["webview", null, iphone("Mobile/15E148 SomeShopsOwnApp/2.1")],
  ])("has the name of %s, version %s", (browser, major, text) => {
    expect(agentOf(text)).toMatchObject({ browser, major, bot: null });
  });
});

describe("a user agent's system", () => {
  it.each([
    [IPHONE, "ios"],
    ["Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X)", "ios"],
    ["Mozilla/5.0 (iPod; CPU OS 12_4 like Mac OS X)", "ios"],
    [ANDROID, "android"],
    [WINDOWS, "windows"],
    ["Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", "chromeos"],
    ["Mozilla/5.0 (Macintosh; PPC)", "macos"],
    ["Something (Mac OS X)", "macos"],
    ["Mozilla/5.0 (X11; U; OpenBSD amd64)", "linux"],
    ["Mozilla/5.0 (Linux x86_64)", "linux"],
  ])("%s is %s, though it may name another it descends from", (text, os) => {
    expect(agentOf(text)?.os).toBe(os);
  });

  it.each([
    "Mozilla/5.0",
    "xiPhone xAndroid xWindows xCrOS xMacintosh xLinux xX11",
    "iPhones Androids Windowsx CrOSx Macintoshes Linuxes X11x",
    "Machine OS X",
  ])("is not known from %j", (text) => {
    expect(agentOf(text)?.os).toBeNull();
  });
});

describe("a user agent's device", () => {
  it.each([
    [`${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, true],
    ["Mozilla/5.0 (Mobile; rv:109.0) Gecko/109.0 Firefox/115.0", true],
    ["Something Mobi", true],
    // An Android tablet and an iPad do not say that they are mobile.
    ["Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", true],
    ["Mozilla/5.0 (iPad; CPU OS 9_3)", true],
    [`${WINDOWS} Chrome/140.0.0.0 Safari/537.36`, false],
    [`${MAC} Version/17.4.1 Safari/605.1.15`, false],
    ["xMobile xAndroid Androids xiPad iPads", false],
  ])("%s is mobile: %s", (text, mobile) => {
    expect(agentOf(text)?.mobile).toBe(mobile);
  });
});

describe("a user agent's bot", () => {
  it("is named by the part that gives it away, and is none in a browser", () => {
    expect(agentOf("curl/8.5.0")?.bot).toBe("curl");
    expect(agentOf(`${WINDOWS} HeadlessChrome/99.0.0.0 Safari/537.36`)?.bot).toBe("HeadlessChrome");
    expect(agentOf(`${WINDOWS} Chrome/140.0.0.0 Safari/537.36`)?.bot).toBeNull();
  });

  it("has a name of 64 characters at most", () => {
    expect(agentOf(`${"x".repeat(59)}bot/1`)?.bot).toBe(`${"x".repeat(59)}bot`);
    expect(agentOf(`${"x".repeat(100)}bot/1`)?.bot).toBe("x".repeat(64));
  });
});

it.each([null, undefined, "", " ", "\t \n", "\u200b", "\ufeff \u00a0", "\u3164", "\u0000"])(
  "%j says nothing at all",
  (text) => {
    expect(agentOf(text)).toBeNull();
  },
);
