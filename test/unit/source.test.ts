import { describe, expect, it } from "vitest";
import { deviceClass, pageName, referrerHost, sourceOf } from "../../src/session/source";

describe("where a session came from", () => {
  const HERE = "https://shop.example/";

  it.each<[string, string, string | null, string, string | null]>([
    ["nothing", HERE, null, "direct", null],
    ["a link", HERE, "https://www.News.example/story", "news.example", null],
    ["a link of its own site", HERE, "https://www.shop.example/b", "direct", null],
    ["what is no link", HERE, "news", "direct", null],
    ["a page that is no URL", "shop", "https://news.example/", "news.example", null],
    [
      "a campaign",
      `${HERE}?utm_source=Newsletter&utm_campaign=%20Spring `,
      "https://a.example/",
      "newsletter",
      "spring",
    ],
    ["a campaign without a source", `${HERE}?utm_campaign=spring`, "https://a.example/", "a.example", "spring"],
    ["an empty source", `${HERE}?utm_source=%20&gclid=1`, null, "google", null],
    ["a source beside an ad's click", `${HERE}?gclid=1&utm_source=mail`, null, "mail", null],
    ["an ad of Google", `${HERE}?gclid=1`, "https://www.google.com/", "google", null],
    ["an ad of Facebook", `${HERE}?fbclid=1`, null, "facebook", null],
    ["an ad of Bing", `${HERE}?msclkid=1`, null, "bing", null],
    ["an ad of TikTok", `${HERE}?ttclid=`, null, "tiktok", null],
  ])("by %s", (_, page, referrer, source, campaign) => {
    expect(sourceOf(page, referrer)).toEqual({ source, campaign });
  });

  it("has a name of 64 characters at most", () => {
    const long = "x".repeat(65);
    const { source, campaign } = sourceOf(`${HERE}?utm_source=${long}&utm_campaign=${long}`, null);
    expect([source.length, campaign?.length]).toEqual([64, 64]);
  });

  it("is a host without www. in front, and with it anywhere else", () => {
    expect(referrerHost(HERE, "https://www.a.example/")).toBe("a.example");
    expect(referrerHost(HERE, "https://m.www.a.example/")).toBe("m.www.a.example");
    expect(referrerHost("https://www.shop.example/", HERE)).toBeNull();
    expect(referrerHost(HERE, null)).toBeNull();
  });
});

describe("a page's name", () => {
  it.each([
    ["https://shop.example/a", "https://shop.example/a"],
    ["https://shop.example/a?b=1#c", "https://shop.example/a"],
    ["https://shop.example/a#c?d", "https://shop.example/a"],
    ["", ""],
  ])("of %j is %j", (url, name) => {
    expect(pageName(url)).toBe(name);
  });
});

describe("a device", () => {
  it.each([
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140", "desktop"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148", "mobile"],
    ["Mozilla/5.0 (iPod touch)", "mobile"],
    ["Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140 Mobile Safari", "mobile"],
    ["Mozilla/5.0 (Linux; Android 15; SM-X710) Chrome/140 Safari", "tablet"],
    ["Mozilla/5.0 (iPad; CPU OS 17_0) Mobile/15E148", "tablet"],
    ["Mozilla/5.0 (Tablet; rv:68.0) Gecko", "tablet"],
    ["Opera Mobi", "mobile"],
  ])("that says %j is a %s", (user_agent, kind) => {
    expect(deviceClass({ user_agent })).toBe(kind);
  });

  it("that says nothing is not known", () => {
    for (const device of [null, {}, { user_agent: null }, { user_agent: "" }])
      expect(deviceClass(device)).toBe("unknown");
  });
});
