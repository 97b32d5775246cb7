import { describe, expect, it } from "vitest";
import type { Firing, ScoreName } from "../../src/core/scoring/ledger";
import { campaignOf, EVIDENCE_REASONS, freeze, noEvidence } from "../../src/core/session/fold/evidence";
import { EVIDENCE_PAGES } from "../../src/core/session/fold/limits";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { HOME } from "../support/log";

const firing = (rule: string, score: ScoreName, points: number): Firing => ({
  rule,
  score,
  points,
  weight: points,
  class: "convicting",
  at: 1,
  seq: 1,
  evidence: `saw ${rule}`,
});

const stateOf = (more: Partial<SessionState> = {}): SessionState => ({
  ...newState(7),
  started_at: 1_000,
  entry_page: "https://shop.example/?utm_source=mail&q=1",
  current_page: "https://shop.example/b",
  ...more,
});

/** The reasons of a session with this ledger, by rule. */
const reasonsOf = (...ledger: Firing[]) =>
  freeze("s-1", stateOf({ judgement: { ...newState(0).judgement, ledger } }), 2_000).reasons.map(({ rule }) => rule);

describe("what a session says for a lead", () => {
  it("is what it has come to", () => {
    const state = stateOf({
      page_views: 3,
      pages: ["a", "b"],
      engaged_ms: 40,
      referrer: "https://search.example/",
      network: HOME,
      journey: {
        page_at: 4_000,
        leads: 0,
        acts: [
          [1, "click", "https://shop.example/b", "#buy"],
          [2, "x", null, null],
          [3, "cart_added.x5f426164e9", null, null, "Cart Added"],
        ],
      },
      judgement: {
        label: "human",
        scores: { engagement: 1, bot: 2, vpn: 3, risk: 4 },
        ledger: [firing("bot.x", "bot", 2)],
      },
    });
    expect(freeze("s-1", state, 5_000)).toEqual({
      link: "linked",
      session_id: "s-1",
      seq: 7,
      label: "human",
      scores: { engagement: 1, bot: 2, vpn: 3, risk: 4 },
      reasons: [{ rule: "bot.x", score: "bot", points: 2, evidence: "saw bot.x" }],
      entry_page: "https://shop.example/?utm_source=mail&q=1",
      current_page: "https://shop.example/b",
      pages: ["a", "b"],
      page_views: 3,
      page_ms: 1_000,
      session_ms: 4_000,
      engaged_ms: 40,
      acts: [
        { at: 1, type: "click", page: "https://shop.example/b", element: "#buy" },
        { at: 2, type: "x", page: null, element: null },
        { at: 3, type: "cart_added.x5f426164e9", page: null, element: null, name: "Cart Added" },
      ],
      referrer: "https://search.example/",
      campaign: { utm_source: "mail" },
      country: "DE",
      asn_class: "residential",
    });
  });

  it("has no name where consent was denied", () => {
    const denied = freeze("s-1", stateOf({ consent: "denied" }), 2_000);
    expect(denied).toMatchObject({ link: "denied", session_id: null, seq: null, session_ms: 1_000 });
  });

  it("begins where it was entered, and does without what is not known", () => {
    const state = stateOf({ current_page: null, network: null });
    expect(freeze("s-1", state, 2_500)).toMatchObject({
      current_page: state.entry_page,
      country: null,
      asn_class: null,
      page_ms: 1_500,
      session_ms: 1_500,
    });
    const { asn_class: _, ...old } = HOME;
    expect(freeze("s-1", stateOf({ network: old }), 2_500)).toMatchObject({ country: "DE", asn_class: null });
  });

  it("never has times below nought", () => {
    const journey = { page_at: 9_000, acts: [], leads: 0 };
    expect(freeze("s-1", stateOf({ journey }), 500)).toMatchObject({ page_ms: 0, session_ms: 0 });
  });

  it("has its newest pages", () => {
    const pages = Array.from({ length: EVIDENCE_PAGES + 1 }, (_, i) => `p${i}`);
    expect(freeze("s-1", stateOf({ pages }), 2_000).pages).toEqual(pages.slice(1));
  });
});

describe("the reasons", () => {
  it("are ordered by their weight to either side, and those without points left out", () => {
    const ledger = [firing("a", "bot", 5), firing("b", "bot", -30), firing("c", "vpn", 0), firing("d", "risk", 20)];
    expect(reasonsOf(...ledger)).toEqual(["b", "d", "a"]);
  });

  it("are so many for each score, the heaviest", () => {
    const bot = Array.from({ length: EVIDENCE_REASONS + 1 }, (_, i) => firing(`bot.${i}`, "bot", i + 1));
    const found = reasonsOf(...bot, firing("vpn", "vpn", 1), firing("none", "risk", 0));
    expect(found).toHaveLength(EVIDENCE_REASONS + 1);
    expect(found).not.toContain("bot.0");
    expect(found).toEqual(expect.arrayContaining(["bot.1", "vpn"]));
  });
});

describe("a lead without a session", () => {
  const submit = { honeypot: false, disposable_email: false };
  const rulesOf = (of: typeof submit) => noEvidence("none", null, of).reasons.map(({ rule }) => rule);

  it("has no more to it than how it stands to one, its country, and the risk of that", () => {
    const { reasons, scores, ...rest } = noEvidence("unknown", "FR", submit);
    expect(rest).toEqual({
      link: "unknown",
      session_id: null,
      seq: null,
      label: null,
      country: "FR",
      asn_class: null,
      entry_page: null,
      current_page: null,
      pages: [],
      page_views: 0,
      acts: [],
      referrer: null,
      campaign: {},
      page_ms: null,
      session_ms: null,
      engaged_ms: null,
    });
    expect(reasons[0]).toMatchObject({ rule: "risk.no_session", points: 15 });
    expect(scores).toEqual({
      engagement: null,
      bot: null,
      vpn: null,
      risk: reasons.reduce((sum, { points }) => sum + points, 0),
    });
  });

  it("is judged by what the submit itself says, and by nothing but its risk", () => {
    expect(rulesOf({ ...submit, honeypot: true })).toContain("risk.honeypot");
    expect(rulesOf({ ...submit, disposable_email: true })).toContain("risk.disposable_email");
    expect(rulesOf(submit)).toEqual(["risk.no_session"]);
    expect(rulesOf(submit)).not.toContain("risk.honeypot");
    expect(rulesOf(submit)).not.toContain("risk.disposable_email");
    expect(rulesOf(submit).filter((rule) => !rule.startsWith("risk."))).toEqual([]);
  });
});

describe("a page's campaign", () => {
  it.each(["utm_source", "utm_a", `utm_${"x".repeat(32)}`, "gclid", "fbclid", "msclkid", "ttclid", "li_fat_id"])(
    "may be told by %s",
    (name) => {
      expect(campaignOf(`https://shop.example/?q=1&${name}=a%20b`)).toEqual({ [name]: "a b" });
    },
  );

  it.each([
    "utm_",
    "utm",
    "xutm_source",
    "utm_Source",
    "utm_1",
    `utm_${"x".repeat(33)}`,
    "gclid2",
    "xgclid",
    "q",
    "constructor",
  ])("is not told by %s", (name) => {
    expect(campaignOf(`https://shop.example/?${name}=a`)).toEqual({});
  });

  it.each(["wbraid", "gbraid", "gad_source", "dclid", "twclid", "yclid", "GCLID", "ScCid", "sccid"])(
    "is told by the click id %s",
    (name) => {
      expect(campaignOf(`https://shop.example/?${name}=a`)).toEqual({ [name]: "a" });
    },
  );

  it("is cut between characters, and holds what can be stored", () => {
    const value = `${"v".repeat(255)}😀😀`;
    expect(campaignOf(`https://shop.example/?utm_campaign=${encodeURIComponent(value)}&utm_term=a%00b`)).toEqual({
      utm_campaign: `${"v".repeat(255)}😀`,
      utm_term: "ab",
    });
  });

  it("is short", () => {
    const names = [..."abcdefghijklmnopq"].map((letter) => `utm_${letter}`);
    const found = campaignOf(`https://shop.example/?${names.map((name) => `${name}=${"v".repeat(257)}`).join("&")}`);
    expect(found).toEqual(Object.fromEntries(names.slice(0, 16).map((name) => [name, "v".repeat(256)])));
  });

  it.each(["", "shop", "https://shop.example/"])("is none of %j", (address) => {
    expect(campaignOf(address)).toEqual({});
  });
});
