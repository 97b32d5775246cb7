import { describe, expect, it } from "vitest";
import type { Agent } from "../../src/core/network/agent";
import type { Firing } from "../../src/core/scoring/ledger";
import type { Rule } from "../../src/core/scoring/rule";
import { ruleSet } from "../../src/core/scoring/ruleset";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { type Summary, summary } from "../../src/core/session/view";
import { type DetailColumns, USUAL_RULES } from "../../src/data/store/session-row/layout";
import { botRules, readLedger, writeLedger } from "../../src/data/store/session-row/ledger";
import { readDetail } from "../../src/data/store/session-row/read";
import { withQuarantined, writeDetail } from "../../src/data/store/session-row/write";
import { HOME, NO_AGENT } from "../support/log";

const T = 1_795_000_000_000;
const ROW: DetailColumns = { started_at: T, last_seq: 100, engagement: null };
const SHOP = "https://shop.example/";

const EMPTY: Summary = {
  ...summary(newHead("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "a", T), newState(0), newProgress(0)),
  entry_page: SHOP,
  views: { [SHOP]: 1 },
  pages: 1,
  page_views: 1,
  consent: "granted",
  end_reason: "idle",
  rules_version: USUAL_RULES,
  abstained: [],
  ledger: [],
};
const session = (more: Partial<Summary> = {}): Summary => ({ ...EMPTY, ...more });
const stored = (more: Partial<Summary>, row: DetailColumns = ROW): unknown =>
  JSON.parse(writeDetail(session(more), row));

const rules = ruleSet(USUAL_RULES).rules;
const ruleOf = (score: Rule["score"], nth = 0): Rule => {
  const rule = rules.filter((one) => one.score === score)[nth];
  if (!rule) throw new Error(`no rule of ${score}`);
  return rule;
};
const BOT = ruleOf("bot");
const firing = (rule: Rule, more: Partial<Firing> = {}): Firing => ({
  rule: rule.id,
  score: rule.score,
  points: rule.points,
  weight: rule.points,
  class: rule.class,
  at: T + 500,
  seq: 97,
  evidence: "e",
  ...more,
});

describe("a session's row", () => {
  it("says nothing of what is usual", () => {
    expect(stored({})).toEqual({ v: 2, views: { [SHOP]: 1 } });
  });

  it.each<[string, Partial<Summary>, object]>([
    ["consent", { consent: "denied" }, { consent: "denied" }],
    ["an end", { end_reason: null }, { end_reason: null }],
    [
      "what came late, was refused or changed",
      { late: 1, quarantined: 2, unnumbered_rejected: 3, network_changes: 4 },
      { late: 1, quarantined: 2, unnumbered_rejected: 3, network_changes: 4 },
    ],
    ["a device's id", { device_id: "d" }, { device_id: "d" }],
    ["traits", { traits: { a: 1 } }, { traits: { a: 1 } }],
    ["a visitor who is only claimed", { unproven: true }, { unproven: true }],
    ["a class of device alone", { device_class: "mobile" }, { from: ["mobile"] }],
    ["a campaign", { source: "google", campaign: "c" }, { from: ["unknown", "google", null, "c"] }],
    ["where it came from", { referrer: "https://b.example/" }, { from: ["unknown", "direct", "https://b.example/"] }],
    ["a channel", { channel: "email" }, { from: ["unknown", "direct", null, null, "", "email"] }],
    [
      "what a link says of itself",
      { medium: "cpc", term: "shoes", content: "red" },
      { from: ["unknown", "direct", null, null, "", "direct", "cpc", "shoes", "red"] },
    ],
    ["an entry's query", { entry_page: `${SHOP}?a#b` }, { from: ["unknown", "direct", null, null, "?a#b"] }],
    ["time", { engaged_ms: 7 }, { acts: [7] }],
    ["a scroll", { scroll_percent: 55 }, { acts: [0, 55] }],
    ["an exit that was viewed", { exit_page: SHOP }, { acts: [0, 0, 0] }],
    ["an exit that was not", { exit_page: `${SHOP}x` }, { acts: [0, 0, `${SHOP}x`] }],
    ["a cadence", { cadence: { intervals: 3, mean_ms: 4, variation: 0.5 } }, { acts: [0, 0, null, 3, 4, 0.5] }],
    ["a lead submitted", { lead_submits: 2 }, { acts: [0, 0, null, 0, 0, null, 2] }],
    ["views that differ from its pages", { page_views: 9, pages: 4 }, { page_views: 9, pages: 4 }],
    ["counts", { counts: { click: 2, "shop.buy": 1 } }, { counts: [0, 2, { "shop.buy": 1 }] }],
    ["a screen", { screen: { width: 1, height: 2 } }, { client: [null, null, [1, 2]] }],
    ["a device", { device: { user_agent: "u" } }, { client: [null, ["u"]] }],
  ])("holds %s in few words, and gives it again", (_, more, words) => {
    expect(stored(more)).toEqual({ v: 2, views: { [SHOP]: 1 }, ...words });
    expect(readDetail(writeDetail(session(more), ROW), ROW)).toEqual(session(more));
  });

  it("names its entry where that is not the first page viewed", () => {
    const more = { entry_page: `${SHOP}in?q`, views: { [`${SHOP}x`]: 2 }, pages: 1, page_views: 2 };
    expect(stored(more)).toEqual({ v: 2, entry_page: `${SHOP}in?q`, views: { [`${SHOP}x`]: 2 } });
    expect(readDetail(writeDetail(session(more), ROW), ROW)).toEqual(session(more));
    const none = { entry_page: "", views: {}, pages: 0, page_views: 0 };
    expect(readDetail(writeDetail(session(none), ROW), ROW)).toEqual(session(none));
  });

  it("finds its entry among views that lost a trailing slash, and among those in another spelling", () => {
    const slashed = { entry_page: `${SHOP}a/?q`, views: { [`${SHOP}a`]: 1 } };
    expect(stored(slashed)).toEqual({
      v: 2,
      from: ["unknown", "direct", null, null, "/?q"],
      views: { [`${SHOP}a`]: 1 },
    });
    expect(readDetail(writeDetail(session(slashed), ROW), ROW)).toEqual(session(slashed));
    const escaped = { entry_page: `${SHOP}%c3?q`, views: { [`${SHOP}%C3`]: 1 } };
    expect(stored(escaped)).toEqual({ v: 2, entry_page: `${SHOP}%c3?q`, views: { [`${SHOP}%C3`]: 1 } });
    expect(readDetail(writeDetail(session(escaped), ROW), ROW)).toEqual(session(escaped));
  });

  it("says a time zone once where network and device have the same", () => {
    const device = { timezone: "Europe/Berlin" };
    const zones = (text: string) => text.split("Europe/Berlin").length - 1;
    for (const [network, times] of [
      [{ ...HOME }, 1],
      [{ ...HOME, timezone: "Europe/Paris" }, 1],
      [{ ...HOME, timezone: null }, 1],
    ] as const) {
      const whole = session({ network, device, verified_bot: null });
      const text = writeDetail(whole, ROW);
      expect(zones(text)).toBe(times);
      expect(readDetail(text, ROW)).toEqual(whole);
    }
    const alone = session({ network: { ...HOME }, device: null, verified_bot: null });
    expect(readDetail(writeDetail(alone, ROW), ROW)).toEqual(alone);
  });

  it("has its agent as a list, and no agent where there was none", () => {
    const agent: Agent = { ...NO_AGENT, browser: "firefox", os: "linux", major: 120, device: "desktop" };
    for (const network of [{ ...HOME, agent }, { ...HOME, agent: null }, HOME]) {
      const whole = session({ network, verified_bot: null });
      expect(readDetail(writeDetail(whole, ROW), ROW)).toEqual(whole);
    }
    expect(writeDetail(session({ network: { ...HOME, agent } }), ROW)).toContain('["firefox","linux",120,false');
  });

  it("tells the band and a verified bot from what else is there", () => {
    const read = readDetail(writeDetail(session({ network: { ...HOME, verified_bot: "Search" } }), ROW), {
      ...ROW,
      engagement: 100,
    });
    expect(read).toMatchObject({ engagement_band: "hot", verified_bot: "Search" });
  });

  it("of before this form is the summary itself", () => {
    const old = { consent: "granted", ledger: [] };
    expect(readDetail(JSON.stringify(old), ROW)).toEqual(old);
  });

  it("of a newer form is not taken for one that is known", () => {
    expect(() => readDetail('{"v":3}', ROW)).toThrow("a session's detail is of version 3");
    expect(() => withQuarantined('{"v":3}', 1)).toThrow("version 3");
    expect(() => readDetail("[]", ROW)).toThrow("no object");
  });

  it("counts what D1 refused on top of what it had before", () => {
    const text = writeDetail(session(), ROW);
    expect(withQuarantined(text, 0)).toBe(text);
    expect(JSON.parse(withQuarantined(text, 2))).toMatchObject({ v: 2, quarantined: 2 });
    expect(JSON.parse(withQuarantined(withQuarantined(text, 2), 3))).toMatchObject({ quarantined: 5 });
  });
});

describe("a ledger", () => {
  it.each<[string, Firing, unknown]>([
    ["as its rule says it", firing(BOT), [BOT.id, 500, 3, "e"]],
    ["with a weight of its own", firing(BOT, { weight: 1, points: 1 }), [BOT.id, 500, 3, "e", 1]],
    ["that does not count", firing(BOT, { points: 0 }), [BOT.id, 500, 3, "e", BOT.points, 0]],
    [
      "that was withdrawn",
      firing(BOT, { points: 0, withdrawn_at: T + 900 }),
      [BOT.id, 500, 3, "e", BOT.points, 0, 900],
    ],
  ])("has a line %s as a short list", (_, line, list) => {
    expect(writeLedger([line], ROW, USUAL_RULES)).toEqual([list]);
    expect(readLedger([list as unknown[]], ROW, USUAL_RULES)).toEqual([line]);
  });

  it("keeps a line whole that is not as its rule says", () => {
    const odd = [
      firing(BOT, { rule: "gone" }),
      firing(BOT, { score: "risk" }),
      firing(BOT, { class: BOT.class === "convicting" ? "supporting" : "convicting" }),
      firing(BOT, { shadow: true }),
    ];
    expect(writeLedger(odd, ROW, USUAL_RULES)).toEqual(odd);
    expect(readLedger(odd, ROW, USUAL_RULES)).toEqual(odd);
    // Of before there were rules nothing is known of any.
    expect(writeLedger([firing(BOT)], ROW, 0)).toEqual([firing(BOT)]);
  });

  it("cannot be read with rules that it does not know", () => {
    expect(() => readLedger([["gone", 1, 1, "e"]], ROW, USUAL_RULES)).toThrow("no rule gone in version 1");
  });

  it("names the rules whose points made a session a bot, each once", () => {
    const lines = [
      firing(BOT),
      firing(BOT),
      firing(ruleOf("bot", 1), { points: 0 }),
      firing(ruleOf("risk")),
      firing(ruleOf("bot", 2), { points: 1 }),
    ];
    expect(botRules(writeLedger(lines, ROW, USUAL_RULES), USUAL_RULES)).toEqual([BOT.id, ruleOf("bot", 2).id]);
    expect(botRules([], USUAL_RULES)).toEqual([]);
  });
});
