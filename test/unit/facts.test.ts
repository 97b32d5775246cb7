import { describe, expect, it } from "vitest";
import {
  atLeast,
  atMost,
  BOUNCE_ENGAGED_MS,
  crowdsOf,
  type Facts,
  type FactsRow,
  isBot,
  isBounce,
  LEAD_TOTALS,
  PARTS,
  partsOf,
  readFacts,
  TOTALS,
  tenthOf,
  totalsOf,
  VPN_LIKELY,
  valuesOf,
} from "../../src/core/rollup/session-facts";

const HOME = "https://a.example/";

const facts = (more: Partial<Facts> = {}): Facts => ({
  site: "a",
  visitor_id: "v",
  started_at: 1_000,
  last_event_at: 5_000,
  country: "DE",
  label: "human",
  engagement: 45,
  bot: 0,
  vpn: 10,
  risk: null,
  events: 9,
  source: "google",
  channel: "direct",
  campaign: null,
  medium: null,
  term: null,
  content: null,
  referrer: null,
  region: "BE",
  browser: "Firefox",
  os: null,
  device: "desktop",
  page_views: 3,
  engaged_ms: 20_000,
  scroll: 60,
  entry: HOME,
  views: { [HOME]: 2, [`${HOME}b`]: 1 },
  counts: { click: 4, form_submit: 2 },
  expected: 8,
  missing: 1,
  implausible: 0,
  leads: 1,
  lead_submits: 0,
  rules: [],
  bot_name: null,
  bot_kind: null,
  bot_proof: null,
  ...more,
});

describe("a session's sums", () => {
  it("are all there, in the order in which they are stored", () => {
    expect(Object.fromEntries(totalsOf(facts()).map((sum, i) => [TOTALS[i], sum]))).toEqual({
      sessions: 1,
      events: 9,
      page_views: 3,
      bounces: 0,
      engaged_ms: 20_000,
      scroll: 60,
      submits: 2,
      vpn: 0,
      expected: 8,
      missing: 1,
      leads: 1,
      implausible: 0,
    });
  });

  it.each([
    [null, 0],
    [VPN_LIKELY - 1, 0],
    [VPN_LIKELY, 1],
    [100, 1],
  ])("with a VPN score of %s count it as %i that is likely on a VPN", (vpn, counted) => {
    expect(totalsOf(facts({ vpn }))[TOTALS.indexOf("vpn")]).toBe(counted);
  });

  it("have no submit where there was none, and a lead by itself adds one lead and nothing else", () => {
    expect(totalsOf(facts({ counts: {} }))[TOTALS.indexOf("submits")]).toBe(0);
    expect(LEAD_TOTALS.map((sum, i) => (sum === 0 ? "" : `${TOTALS[i]} ${sum}`)).filter(Boolean)).toEqual(["leads 1"]);
  });

  it.each([
    [0, 0, true],
    [1, BOUNCE_ENGAGED_MS - 1, true],
    [1, BOUNCE_ENGAGED_MS, false],
    [2, 0, false],
  ])("of %i pages and %i ms are a bounce: %s", (page_views, engaged_ms, bounced) => {
    const session = facts({ page_views, engaged_ms, leads: 0 });
    expect(isBounce(session)).toBe(bounced);
    expect(totalsOf(session)[TOTALS.indexOf("bounces")]).toBe(bounced ? 1 : 0);
    expect(partsOf(session, "device")).toEqual([["desktop", [1, 9, page_views, bounced ? 1 : 0, engaged_ms, 0]]]);
  });

  it.each<[string, Partial<Facts>, boolean]>([
    ["a lead", { leads: 1 }, false],
    ["a submit that made no lead of its own", { lead_submits: 1 }, false],
    ["a custom event", { counts: { page_view: 1, "shop.buy": 1 } }, false],
    ["a custom event past those that are counted by name", { counts: { page_view: 1, other: 1 } }, false],
    ["an event of the type custom", { counts: { custom: 1 } }, false],
    ["nothing but built-in events", { counts: { page_view: 1, click: 3, form_focus: 1, web_vitals: 1 } }, true],
  ])("of one short view with %s are a bounce or not", (_, more, bounced) => {
    expect(isBounce(facts({ page_views: 1, engaged_ms: 0, leads: 0, ...more }))).toBe(bounced);
  });

  it("are a bot's by its verdict alone", () => {
    expect(["bot", "suspect", "human", null].map((label) => isBot({ label }))).toEqual([true, false, false, false]);
  });
});

describe("a score's band", () => {
  it.each([
    [null, ""],
    [0, "0"],
    [9, "0"],
    [10, "1"],
    [89, "8"],
    [90, "9"],
    [100, "9"],
  ])("of %s is %j", (score, band) => {
    expect(tenthOf(score)).toBe(band);
  });

  it("lies in the ranges that begin at it or below, and in those that end at it or above", () => {
    // Of every score between two bands there are nine ranges: each border has one on its side.
    expect(crowdsOf(facts({ engagement: 25 }), "engagement")).toEqual([
      "1+",
      "2+",
      "2-",
      "3-",
      "4-",
      "5-",
      "6-",
      "7-",
      "8-",
    ]);
    expect(crowdsOf(facts({ engagement: 0 }), "engagement")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(atMost));
    expect(crowdsOf(facts({ engagement: 100 }), "engagement")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map(atLeast));
    expect(crowdsOf(facts({ engagement: null }), "engagement")).toEqual([]);
  });
});

describe("a session counts", () => {
  it("for its values of each dimension, and for an empty one where something is not known", () => {
    const known = facts({ campaign: "spring" });
    expect(valuesOf(known, "page")).toEqual([HOME, `${HOME}b`]);
    expect(valuesOf(known, "source")).toEqual(["google"]);
    expect(valuesOf(facts({ channel: "email" }), "channel")).toEqual(["email"]);
    expect(valuesOf(known, "device")).toEqual(["desktop"]);
    expect(valuesOf(known, "country")).toEqual(["DE"]);
    expect(valuesOf(known, "label")).toEqual(["human"]);
    expect(valuesOf(known, "campaign")).toEqual(["spring"]);
    expect(valuesOf(known, "engagement")).toEqual(["4"]);
    expect(valuesOf(known, "risk")).toEqual([""]);
    const unknown = facts({ country: null, label: null, campaign: null });
    expect(valuesOf(unknown, "country")).toEqual([""]);
    expect(valuesOf(unknown, "label")).toEqual([""]);
    // Most sessions come of no campaign: that is no value.
    expect(valuesOf(unknown, "campaign")).toEqual([]);
  });

  it("for each type of its events, and for each of its pages: views, sessions, entries, bounces", () => {
    expect(partsOf(facts(), "type")).toEqual([
      ["click", [4, 1]],
      ["form_submit", [2, 1]],
    ]);
    expect(partsOf(facts(), "page")).toEqual([
      [HOME, [2, 1, 1, 0]],
      [`${HOME}b`, [1, 1, 0, 0]],
    ]);
    expect(partsOf(facts({ views: { [HOME]: 1 }, page_views: 1, engaged_ms: 0, leads: 0 }), "page")).toEqual([
      [HOME, [1, 1, 1, 1]],
    ]);
  });

  it.each<[(typeof PARTS)[number], Partial<Facts>, string[]]>([
    ["country", {}, ["DE"]],
    ["region", {}, ["DE-BE"]],
    ["region", { region: null }, [""]],
    ["region", { country: null }, [""]],
    ["referrer", { referrer: "news.example" }, ["news.example"]],
    ["referrer", {}, [""]],
    ["browser", {}, ["Firefox"]],
    ["os", {}, [""]],
    ["rule", { rules: ["bot_ua", "bot_rate"] }, ["bot_ua", "bot_rate"]],
    ["rule", {}, []],
    ["bot_name", { label: "bot", bot_name: "GPTBot" }, ["GPTBot"]],
    ["bot_kind", { label: "bot", bot_kind: "training" }, ["training"]],
    ["bot_proof", { label: "bot", bot_proof: "claimed" }, ["claimed"]],
    // Caught by what it does.
    ["bot_name", { label: "bot" }, [""]],
    // Whose agent names a bot, and whose verdict is another.
    ["bot_name", { label: "human", bot_name: "GPTBot" }, []],
    ["engagement", {}, ["4"]],
    ["source", {}, ["google"]],
    ["channel", { channel: "paid_search" }, ["paid_search"]],
    ["medium", { medium: "cpc" }, ["cpc"]],
    ["medium", {}, []],
    ["term", { term: "shoes" }, ["shoes"]],
    ["term", {}, []],
    ["content", { content: "banner" }, ["banner"]],
    ["content", {}, []],
  ])("in its part by %s, with %j, for %j", (part, more, values) => {
    const sums = [1, 9, 3, 0, 20_000, 1];
    expect(partsOf(facts(more), part)).toEqual(values.map((value) => [value, sums]));
  });

  it("in each part that there is", () => {
    for (const part of PARTS) expect(Array.isArray(partsOf(facts(), part)), part).toBe(true);
    expect(new Set(PARTS).size).toBe(20);
  });
});

describe("a row is read", () => {
  const row = (...detail: unknown[]): FactsRow => ({
    site: "a",
    visitor_id: null,
    started_at: 1,
    last_event_at: 2,
    country: null,
    label: null,
    events: 3,
    engagement: 1,
    bot: 2,
    vpn: 3,
    risk: 4,
    leads: 5,
    rules: ["r"],
    detail: JSON.stringify(detail),
  });
  const none = (count: number): null[] => Array.from({ length: count }, () => null);

  it("in its older form, in which everything has a name", () => {
    const older = row(
      "google",
      "spring",
      "mobile",
      3,
      7_000,
      55,
      `${HOME}x?y#z`,
      { [`${HOME}x`]: 3 },
      { click: 2 },
      9,
      1,
      "https://news.example/a",
      "BE",
      "Firefox",
      "Linux",
      ...none(6),
    );
    const { detail: _, ...columns } = older;
    expect(readFacts(older)).toEqual({
      ...columns,
      source: "google",
      campaign: "spring",
      device: "mobile",
      page_views: 3,
      engaged_ms: 7_000,
      scroll: 55,
      entry: `${HOME}x`,
      views: { [`${HOME}x`]: 3 },
      counts: { click: 2 },
      expected: 9,
      missing: 1,
      implausible: 0,
      referrer: "news.example",
      region: "BE",
      browser: "Firefox",
      os: "Linux",
      channel: "direct",
      medium: null,
      term: null,
      content: null,
      lead_submits: 0,
      bot_name: null,
      bot_kind: null,
      bot_proof: null,
    });
  });

  it("in its newer form, in which most has a place", () => {
    const newer = row(
      ...none(7),
      { [HOME]: 2, "/b": 1 },
      [5, 0, 1],
      ...none(6),
      ["tablet", "bing", "https://b.example/", "autumn", "", "paid_search", "cpc", "shoes", "red"],
      [8_000, 40],
      [
        ["s", 10, 1],
        ["t", 5, 2],
      ],
      "BY",
      "Chrome",
      "Windows",
    );
    expect(readFacts(newer)).toMatchObject({
      channel: "paid_search",
      medium: "cpc",
      term: "shoes",
      content: "red",
      source: "bing",
      campaign: "autumn",
      device: "tablet",
      page_views: 3,
      engaged_ms: 8_000,
      scroll: 40,
      entry: HOME,
      views: { [HOME]: 2, [`${HOME}b`]: 1 },
      counts: { page_view: 5, scroll: 1 },
      expected: 15,
      missing: 3,
      referrer: "b.example",
      region: "BY",
      browser: "Chrome",
      os: "Windows",
    });
  });

  it("without the streams that nobody can believe", () => {
    const forged = [
      ["s", 10, 1],
      ["t", 1_000_000_000, 999_999_999],
      ["u", 1_000_000, 0, 0, 999_999],
    ];
    expect(readFacts(row(...none(17), forged))).toMatchObject({ expected: 10, missing: 1, implausible: 2 });
  });

  it.each<[string, unknown[], Partial<Facts>]>([
    ["a bot of the header's agent", [null, "GPTBot", "training", null], { bot_name: "GPTBot", bot_proof: "claimed" }],
    [
      "one that the edge has checked",
      [null, "GPTBot", "training", "AI Crawler"],
      { bot_kind: "training", bot_proof: "verified" },
    ],
    [
      "one that the edge alone names",
      [null, null, null, "AI Assistant"],
      { bot_name: null, bot_kind: "fetch", bot_proof: "verified" },
    ],
    [
      "a bot of an older row",
      [null, null, null, null, "GPTBot", "training", null],
      { bot_name: "GPTBot", bot_kind: "training" },
    ],
    [
      "what the page says",
      [["safari", "ios", null, null], "curl", "tool", null],
      { browser: "safari", os: "ios", bot_name: null },
    ],
    [
      "a bot of the page's agent",
      [["chrome", "linux", "HeadlessChrome", "automation"]],
      { bot_name: "HeadlessChrome" },
    ],
  ])("with %s", (_, places, found) => {
    expect(readFacts(row(...none(18), "BY", "Chrome", "Windows", ...places))).toMatchObject({ region: "BY", ...found });
  });

  it("that says nothing as a session of which nothing is known", () => {
    expect(readFacts(row(...none(21)))).toMatchObject({
      source: "direct",
      campaign: null,
      device: "unknown",
      page_views: 0,
      engaged_ms: 0,
      scroll: 0,
      entry: "",
      views: {},
      counts: {},
      expected: 0,
      missing: 0,
      referrer: null,
      region: null,
      browser: null,
      os: null,
    });
  });

  it("without what is of another kind than it should be", () => {
    const odd = row(1, 2, {}, "x", "x", "x", 5, [], 7, "x", "x", 1, 2, 3, 4, "x", {}, { a: 1 }, 1, 2, 3);
    expect(readFacts(odd)).toMatchObject({
      source: "direct",
      campaign: null,
      device: "unknown",
      page_views: 0,
      engaged_ms: 0,
      scroll: 0,
      entry: "",
      views: {},
      counts: {},
      expected: 0,
      missing: 0,
      referrer: null,
      region: null,
      browser: null,
      os: null,
    });
  });
});
