import { describe, expect, it } from "vitest";
import { brandOfHost } from "../../src/core/sources/brands";
import type { Channel } from "../../src/core/sources/channels";
import { cutText, nameOf } from "../../src/core/sources/names";
import { referrerHost } from "../../src/core/sources/referrer";
import { sourceName, sourceOf } from "../../src/core/sources/source";
import { listedTable, ownTable } from "../../src/core/sources/table";

const HERE = "https://shop.example/";
const of = (query: string, referrer: string | null = null) => sourceOf(`${HERE}?${query}`, referrer);
const named = (query: string, referrer: string | null = null) => {
  const { source, channel } = of(query, referrer);
  return [source, channel];
};

describe("a visit without tags", () => {
  it.each<[string | null, string, Channel]>([
    [null, "direct", "direct"],
    ["", "direct", "direct"],
    ["news", "direct", "direct"],
    ["https://www.News.example/story", "news.example", "referral"],
    ["https://www.google.com/", "google", "organic_search"],
    ["https://google.com/search?q=a", "google", "organic_search"],
    ["https://www.google.co.uk/", "google", "organic_search"],
    ["https://www.google.com.au/", "google", "organic_search"],
    ["https://www.google.rw/", "google", "organic_search"],
    ["https://www.google.cat/", "google", "organic_search"],
    ["https://encrypted.google.com/", "google", "organic_search"],
    ["https://research.google.com/", "google", "referral"],
    ["https://an.yandex.ru/count", "yandex", "display"],
    ["https://suche.aol.de/", "aol", "organic_search"],
    ["https://images.google.de/", "google", "organic_search"],
    ["https://scholar.google.fr/", "google", "organic_search"],
    ["https://news.google.com/", "google", "organic_search"],
    ["https://news.google.de/", "google", "organic_search"],
    ["https://mail.yahoo.fr/", "yahoo mail", "email"],
    ["https://docs.google.com/document/a", "google", "referral"],
    ["https://accounts.google.com/", "google", "referral"],
    ["https://mail.google.com/", "gmail", "email"],
    ["https://google.blogspot.com/", "google.blogspot.com", "referral"],
    ["https://google.com.evil.example/", "google.com.evil.example", "referral"],
    ["https://notgoogle.com/", "notgoogle.com", "referral"],
    ["https://www.bing.com/", "bing", "organic_search"],
    ["https://cn.bing.com/", "bing", "organic_search"],
    ["https://www2.bing.com/", "bing", "organic_search"],
    ["https://www4.bing.com/", "bing", "organic_search"],
    ["https://global.bing.com/", "bing", "organic_search"],
    ["https://html.duckduckgo.com/html/", "duckduckgo", "organic_search"],
    ["https://start.duckduckgo.com/", "duckduckgo", "organic_search"],
    ["https://safe.duckduckgo.com/", "duckduckgo", "organic_search"],
    ["https://noai.duckduckgo.com/", "duckduckgo", "organic_search"],
    ["https://lite.duckduckgo.com/lite/", "duckduckgo", "organic_search"],
    ["https://help.duckduckgo.com/", "duckduckgo", "referral"],
    ["https://syndicatedsearch.goog/", "google", "organic_search"],
    ["https://search.app/", "google", "organic_search"],
    ["https://search.app.goo.gl/", "google", "organic_search"],
    ["https://cse.google.com/cse", "google", "organic_search"],
    ["https://cse.google.de/cse", "google", "organic_search"],
    ["https://de.search.yahoo.com/", "yahoo", "organic_search"],
    ["https://finance.yahoo.com/", "yahoo", "referral"],
    ["https://duckduckgo.com/", "duckduckgo", "organic_search"],
    ["https://yandex.com.tr/", "yandex", "organic_search"],
    ["https://suche.t-online.de/", "t-online", "organic_search"],
    ["https://www.facebook.com/", "facebook", "organic_social"],
    ["https://m.facebook.com/", "facebook", "organic_social"],
    ["https://l.facebook.com/l.php?u=a", "facebook", "organic_social"],
    ["https://lm.facebook.com/", "facebook", "organic_social"],
    ["https://web.facebook.com/", "facebook", "organic_social"],
    ["https://l.instagram.com/", "instagram", "organic_social"],
    ["https://t.co/a", "twitter", "organic_social"],
    ["https://twitter.com/a", "twitter", "organic_social"],
    ["https://x.com/", "twitter", "organic_social"],
    ["https://lnkd.in/a", "linkedin", "organic_social"],
    ["https://de.linkedin.com/", "linkedin", "organic_social"],
    ["https://www.pinterest.co.uk/", "pinterest", "organic_social"],
    ["https://old.reddit.com/", "reddit", "organic_social"],
    ["https://news.ycombinator.com/", "hacker news", "organic_social"],
    ["https://chatgpt.com/", "chatgpt", "ai_assistant"],
    ["https://chat.openai.com/", "chatgpt", "ai_assistant"],
    ["https://www.perplexity.ai/search/a", "perplexity", "ai_assistant"],
    ["https://gemini.google.com/", "gemini", "ai_assistant"],
    ["https://copilot.microsoft.com/", "copilot", "ai_assistant"],
    ["https://copilot.com/", "copilot", "ai_assistant"],
    ["https://www.copilot.com/", "copilot", "ai_assistant"],
    ["https://claude.ai/", "claude", "ai_assistant"],
    ["https://outlook.live.com/", "outlook", "email"],
    ["https://mail.yahoo.com/", "yahoo mail", "email"],
    ["https://e.mail.ru/", "mail.ru", "email"],
    ["https://webmail.firm.example/", "webmail.firm.example", "email"],
    ["https://mail.yandex.ru/", "yandex", "email"],
    ["http://a-c.c.yom.mail.yahoo.net/om/api", "yahoo mail", "email"],
    ["https://www.dailymail.co.uk/", "dailymail.co.uk", "referral"],
    ["https://www.msn.com/de-de", "msn", "organic_search"],
    ["https://www.paypal.com/", "paypal", "referral"],
    ["https://checkout.stripe.com/", "stripe", "referral"],
    ["https://pay.klarna.com/", "klarna", "referral"],
    ["https://secure.bank.example/3ds", "secure.bank.example", "referral"],
    ["https://widgets.outbrain.com/", "outbrain", "display"],
    ["https://www.awin1.com/cread.php", "awin", "affiliate"],
    ["http://192.168.0.1:8080/a", "192.168.0.1", "referral"],
    ["http://[::1]:80/", "[::1]", "referral"],
    ["http://localhost:3000/", "localhost", "referral"],
    ["https://bücher.example/", "xn--bcher-kva.example", "referral"],
    ["https://NEWS.example:8443./", "direct", "direct"],
    ["https://news.example./", "news.example", "referral"],
    ["android-app://com.google.android.gm/", "gmail", "email"],
    ["android-app://com.google.android.googlequicksearchbox/https/www.google.com", "google", "organic_search"],
    ["android-app://com.linkedin.android", "linkedin", "organic_social"],
    ["android-app://com.Slack/", "slack", "referral"],
    ["android-app://com.example.reader/", "com.example.reader", "referral"],
    ["ios-app://544007664/vnd.youtube", "544007664", "referral"],
  ])("from %j came from %s, by %s", (referrer, source, channel) => {
    expect(named("", referrer)).toEqual([source, channel]);
  });

  it.each([
    [HERE, "https://shop.example/b"],
    [HERE, "https://www.shop.example/b"],
    ["https://www.shop.example/", HERE],
    [HERE, "http://shop.example:8080/"],
    [HERE, "https://blog.shop.example/"],
    ["https://app.shop.example/", "https://blog.shop.example/"],
    ["https://a.shop.co.uk/", "https://b.shop.co.uk/"],
    ["http://localhost:3000/", "http://localhost:8080/"],
    ["http://10.0.0.1/", "http://10.0.0.1:81/"],
  ])("on %s from its own %s is direct", (page, referrer) => {
    expect(sourceOf(page, referrer)).toMatchObject({ source: "direct", channel: "direct" });
    expect(referrerHost(page, referrer)).toBeNull();
  });

  it.each([
    ["https://ann.github.io/", "https://bob.github.io/", "bob.github.io"],
    ["https://shop.co.uk/", "https://other.co.uk/", "other.co.uk"],
    ["http://10.0.0.1/", "http://10.0.0.2/", "10.0.0.2"],
    ["https://shop.example/", "https://myshop.example/", "myshop.example"],
    ["shop", "https://news.example/", "news.example"],
  ])("on %s from the neighbour %s is not", (page, referrer, host) => {
    expect(referrerHost(page, referrer)).toBe(host);
  });
});

describe("a source as it is listed", () => {
  const tables = [ownTable(), listedTable()];
  const hosts = tables.flatMap((table) => [...table.hosts.keys()]);
  const labels = tables.flatMap((table) => [...table.labels.keys()]);
  const brands = tables.flatMap((table) => [...table.names.values()]);

  it("is found by its name, and by every host and app it comes by", () => {
    const all = [...hosts, ...labels.flatMap((label) => [`${label}.com`, `${label}.de`, `${label}.co.uk`])];
    expect(all.length).toBeGreaterThan(700);
    for (const host of all) {
      const { name } = brandOfHost(host);
      expect([host, sourceName(name), sourceName(host)]).toEqual([host, name, name]);
    }
    for (const { name } of brands) expect(sourceName(name)).toBe(name);
  });

  it.each<[string, string, Channel]>([
    ["https://www.googleadservices.com/", "google", "display"],
    ["https://247realmedia.com/", "xandr", "display"],
    ["https://meta.ua/", "meta.ua", "organic_search"],
    ["android-app://com.whatsapp.w4b/", "whatsapp", "organic_social"],
    ["android-app://org.example.v2/", "org.example.v2", "referral"],
    ["http://face-book/", "facebook", "organic_social"],
    ["http://intranet.corp/", "intranet.corp", "referral"],
    ["https://www.www.news.example/", "news.example", "referral"],
  ])("of %j is %s, by %s, and its filter finds it", (referrer, source, channel) => {
    expect(named("", referrer)).toEqual([source, channel]);
    expect(sourceName(source)).toBe(source);
  });
});

describe("a click id", () => {
  it.each<[string, string | null, string, Channel]>([
    ["gclid=1", null, "google", "paid_search"],
    ["gclid=1", "https://www.google.com/", "google", "paid_search"],
    ["gclid=", null, "direct", "direct"],
    ["gclid", "https://news.example/", "news.example", "referral"],
    ["gclid=%20&fbclid=1", null, "facebook", "organic_social"],
    ["gclid=&gclid=1", null, "google", "paid_search"],
    ["msclkid=&utm_source=newsletter", null, "newsletter", "email"],
    ["wbraid=1", null, "google", "paid_search"],
    ["gbraid=1", null, "google", "paid_search"],
    ["gad_source=1", null, "google", "paid_search"],
    ["dclid=1", null, "doubleclick", "display"],
    ["msclkid=1", null, "bing", "paid_search"],
    ["yclid=1", "https://yandex.ru/", "yandex", "paid_search"],
    ["li_fat_id=1", null, "linkedin", "paid_social"],
    ["twclid=1", "https://t.co/a", "twitter", "paid_social"],
    ["ttclid=1", null, "tiktok", "paid_social"],
    ["fbclid=1", null, "facebook", "organic_social"],
    ["fbclid=1", "https://www.facebook.com/", "facebook", "organic_social"],
    ["fbclid=1", "https://l.instagram.com/", "instagram", "organic_social"],
    ["fbclid=1", "android-app://com.instagram.android/", "instagram", "organic_social"],
    ["fbclid=1", "https://news.example/", "facebook", "organic_social"],
    ["fbclid=1&gclid=1", null, "google", "paid_search"],
    ["fbclid=1&utm_medium=paid", "https://l.instagram.com/", "instagram", "paid_social"],
    ["GCLID=1", null, "google", "paid_search"],
    ["ScCid=1", null, "snapchat", "paid_social"],
    ["sccid=1", null, "snapchat", "paid_social"],
    ["Gad_Source=1", null, "google", "paid_search"],
    ["gclid2=1", null, "direct", "direct"],
  ])("%s, from %j, means %s by %s", (query, referrer, source, channel) => {
    expect(named(query, referrer)).toEqual([source, channel]);
  });

  it.each<[string, string, Channel]>([
    // The link names its source; what was paid for is paid for.
    ["utm_source=google&utm_medium=organic&gclid=1", "google", "paid_search"],
    ["utm_source=newsletter&gclid=1", "newsletter", "email"],
    ["utm_source=partner&gclid=1", "partner", "paid_search"],
    ["utm_source=partner&utm_medium=referral&msclkid=1", "partner", "paid_search"],
    ["utm_source=linkedin&utm_medium=social&li_fat_id=1", "linkedin", "paid_social"],
    ["utm_source=google&utm_medium=display&gclid=1", "google", "display"],
    ["utm_source=mail&utm_medium=email&fbclid=1", "mail", "email"],
    ["utm_source=google&fbclid=1", "google", "organic_search"],
  ])("beside the tags %s gives way to %s, and makes it %s", (query, source, channel) => {
    expect(named(query)).toEqual([source, channel]);
  });
});

describe("a tagged link", () => {
  it.each<[string, string]>([
    ["Google", "google"],
    ["google.com", "google"],
    ["GOOGLE", "google"],
    ["www.google.de", "google"],
    ["https%3A%2F%2Fwww.google.com%2F", "google"],
    ["google_ads", "google"],
    ["adwords", "google"],
    ["fb", "facebook"],
    ["FB", "facebook"],
    ["an", "facebook"],
    ["msg", "messenger"],
    ["google_cpc", "google"],
    ["paid-facebook", "facebook"],
    ["google_unpaid", "google_unpaid"],
    ["adx", "adx"],
    ["facebook.com", "facebook"],
    ["m.facebook.com", "facebook"],
    ["Facebook+Ads", "facebook"],
    ["ig", "instagram"],
    ["insta", "instagram"],
    ["x", "twitter"],
    ["X.com", "twitter"],
    ["t.co", "twitter"],
    ["yt", "youtube"],
    ["tik-tok", "tiktok"],
    ["LinkedIn", "linkedin"],
    ["threads", "threads"],
    ["chatgpt.com", "chatgpt"],
    ["openai", "chatgpt"],
    ["perplexity", "perplexity"],
    ["hacker-news", "hacker news"],
    ["Newsletter", "newsletter"],
    ["mail", "mail"],
    ["Partner.Example", "partner.example"],
    ["www.partner.example", "partner.example"],
    ["http://partner.example/a?b", "partner.example"],
    ["b%C3%BCcher.example", "xn--bcher-kva.example"],
    ["v1.2", "v1.2"],
    ["v1.newsletter", "v1.newsletter"],
    ["Spring.Mailing", "spring.mailing"],
    ["http%3A%2F%2Fintranet.corp%2Fa", "intranet.corp"],
    ["%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84", "xn--e1afmkfd.xn--p1ai"],
    ["google.com.", "google"],
    ["com.whatsapp.w4b", "whatsapp"],
    ["com.example.reader", "com.example.reader"],
    ["android-app%3A%2F%2Fcom.instagram.android%2F", "instagram"],
    ["Summer+Sale.2024", "summer sale.2024"],
    ["squads", "squads"],
    ["(direct)", "direct"],
    ["(not+set)", "direct"],
    ["+", "direct"],
    ["constructor", "constructor"],
    ["__proto__", "__proto__"],
  ])("of utm_source=%s comes from %s, and is found by that name", (typed, source) => {
    const found = of(`utm_source=${typed}`).source;
    expect(found).toBe(source);
    expect(sourceName(found)).toBe(found);
  });

  it.each<[source: string, medium: string, Channel]>([
    ["google", "cpc", "paid_search"],
    ["bing", "ppc", "paid_search"],
    ["google", "paid_search", "paid_search"],
    ["someone", "paid-search", "paid_search"],
    ["someone", "sem", "paid_search"],
    ["facebook", "cpc", "paid_social"],
    ["facebook", "cpm", "paid_social"],
    ["ig", "paid-social", "paid_social"],
    ["someone", "Paid Social", "paid_social"],
    ["someone", "paidsocial", "paid_social"],
    ["someone", "social_cpc", "paid_social"],
    ["facebook_ads", "", "paid_social"],
    ["google ads", "", "paid_search"],
    ["google_cpc", "", "paid_search"],
    ["Bing-PPC", "", "paid_search"],
    ["fb_paid", "", "paid_social"],
    ["paid facebook", "", "paid_social"],
    ["google_cpc", "email", "email"],
    ["google", "unpaid", "organic_search"],
    ["facebook", "non-paid", "organic_social"],
    ["facebook", "unpaid-social", "organic_social"],
    ["facebook", "social_nonpaid", "organic_social"],
    ["facebook", "not paid", "organic_social"],
    ["someone", "unpaid", "other"],
    ["facebook", "canon-paid", "paid_social"],
    ["google", "fun_paid", "paid_search"],
    ["an", "paid", "paid_social"],
    ["msg", "cpc", "paid_social"],
    ["criteo", "retargeting", "display"],
    ["someone", "cpc", "other"],
    ["someone", "cpm", "display"],
    ["someone", "display", "display"],
    ["google", "Display", "display"],
    ["someone", "banner", "display"],
    ["someone", "interstitial", "display"],
    ["someone", "affiliate", "affiliate"],
    ["someone", "Affiliates", "affiliate"],
    ["awin", "", "affiliate"],
    ["someone", "email", "email"],
    ["someone", "E-Mail", "email"],
    ["someone", "e_mail", "email"],
    ["someone", "e mail", "email"],
    ["someone", "newsletter", "email"],
    ["newsletter", "", "email"],
    ["email", "", "email"],
    ["mailchimp", "", "email"],
    ["google", "email", "email"],
    ["someone", "social", "organic_social"],
    ["someone", "social-network", "organic_social"],
    ["someone", "sm", "organic_social"],
    ["twitter", "", "organic_social"],
    ["twitter", "organic", "organic_social"],
    ["google", "", "organic_search"],
    ["google", "organic", "organic_search"],
    ["gmb", "listing", "organic_search"],
    ["someone", "organic", "organic_search"],
    ["chatgpt.com", "", "ai_assistant"],
    ["chatgpt.com", "referral", "ai_assistant"],
    ["perplexity", "organic", "ai_assistant"],
    ["someone", "ai", "ai_assistant"],
    ["partner.example", "", "referral"],
    ["someone", "referral", "referral"],
    ["someone", "link", "referral"],
    ["someone", "", "other"],
    ["v1.newsletter", "", "other"],
    ["spring.sale2026", "", "other"],
    ["partner.co.uk", "", "referral"],
    ["someone", "qr", "other"],
    ["someone", "sms", "other"],
    ["(direct)", "(none)", "direct"],
    ["", "email", "email"],
    ["", "offline", "other"],
  ])("of source %j and medium %j is %s", (source, medium, channel) => {
    const query = new URLSearchParams({ utm_source: source, utm_medium: medium });
    expect(of(`${query}`).channel).toBe(channel);
  });

  it("wins over a click id and over the referrer, and names its campaign, medium, term and content", () => {
    const query = "utm_source=Letter&utm_medium=E-Mail&utm_campaign=%20Spring%20&utm_term=Red+Shoes&utm_content=TOP";
    expect(of(`${query}&fbclid=1`, "https://a.example/")).toEqual({
      source: "letter",
      channel: "email",
      campaign: "spring",
      medium: "e-mail",
      term: "red shoes",
      content: "top",
    });
  });

  it.each<[string, string, string, Channel]>([
    ["utm_source=rss", "https://www.facebook.com/l.php", "rss", "organic_social"],
    ["utm_source=rss&utm_medium=feed", "https://news.example/", "rss", "other"],
    ["utm_source=rss", "https://news.example/", "rss", "referral"],
    ["utm_source=brand&utm_medium=cpc", "https://www.google.com/", "brand", "paid_search"],
    ["utm_source=brand&utm_medium=email", "https://www.google.com/", "brand", "email"],
    ["utm_source=fb", "https://www.google.com/", "facebook", "organic_social"],
    ["utm_source=spring&utm_medium=cpc&fbclid=1", "", "spring", "paid_social"],
    ["utm_source=spring&utm_medium=cpc&fbclid=1", "https://l.instagram.com/", "spring", "paid_social"],
    ["utm_source=spring&utm_medium=cpc&fbclid=1", "https://www.google.com/", "spring", "paid_search"],
    ["utm_source=spring&utm_medium=cpc&fbclid=1", "https://news.example/", "spring", "paid_social"],
    ["utm_source=spring&utm_medium=cpc&fbclid=", "", "spring", "other"],
    ["utm_source=spring&fbclid=1", "", "spring", "organic_social"],
    ["utm_source=spring&mc_cid=1", "", "spring", "email"],
    ["utm_source=v1.newsletter&utm_medium=cpc&fbclid=1", "", "v1.newsletter", "paid_social"],
  ])("%s from %s is of %s, by %s: a name that says nothing leaves it to the referrer", (query, referrer, ...wanted) => {
    expect(named(query, referrer)).toEqual(wanted);
  });

  it("without a source is of the referrer's", () => {
    expect(of("utm_campaign=spring", "https://a.example/")).toMatchObject({ source: "a.example", campaign: "spring" });
    expect(of("utm_source=%20&gclid=1").source).toBe("google");
    expect(of("utm_campaign=spring")).toMatchObject({ source: "direct", channel: "direct", campaign: "spring" });
  });

  it("on what is no address says nothing", () => {
    expect(sourceOf("shop", "https://news.example/")).toMatchObject({ source: "news.example", channel: "referral" });
  });
});

describe("a name", () => {
  const x = (count: number) => "x".repeat(count);

  it.each<[string, string | null]>([
    [" Spring ", "spring"],
    [x(65), x(64)],
    [`${x(63)}😀😀`, `${x(63)}😀`],
    [`${x(64)}😀`, x(64)],
    ["😀".repeat(65), "😀".repeat(64)],
    [`${x(63)} y`, x(63)],
    ["İ".repeat(80), "i\u0307".repeat(32)],
    ["Sp\u0000ring", "spring"],
    ["a\ud800b", "ab"],
    ["Fru\u0308hling", "frühling"],
    ["ΟΔΟΣ", "οδος"],
    ["", null],
    [" \n ", null],
    ["\u0000", null],
  ])("%j is %j, and stays it", (typed, name) => {
    expect(nameOf(typed)).toBe(name);
    expect(nameOf(name)).toBe(name);
    // As JSON and back as UTF-8: half a character would come back as another.
    if (name !== null) expect(new TextDecoder().decode(new TextEncoder().encode(name))).toBe(name);
  });

  it("of a campaign is whole characters wherever the cut falls", () => {
    for (let before = 56; before <= 66; before++) {
      const { campaign, term, content, medium, source } = of(
        ["campaign", "term", "content", "medium", "source"]
          .map((one) => `utm_${one}=${x(before)}${encodeURIComponent("👩‍🚀🏳️‍🌈".repeat(9))}`)
          .join("&"),
      );
      for (const name of [campaign, term, content, medium, source]) {
        expect([...(name ?? "")]).toHaveLength(64);
        expect(name).not.toMatch(/\p{Cs}/u);
      }
    }
  });

  it("takes no longer for a longer text", () => {
    expect(nameOf(`${" ".repeat(300)}${x(2_000_000)}`)).toBeNull();
    expect(cutText(x(10), 20)).toBe(x(10));
  });
});
