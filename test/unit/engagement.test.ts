import { describe, expect, it } from "vitest";
import { ENGAGEMENT_RULES } from "../../src/core/scoring/rules/engagement";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { newBehaviour } from "../../src/core/signals/behaviour";
import { foldLog } from "../../src/ops/backtest";
import { act, counts, identity, logOf, start } from "../support/log";

/** How much a visitor does: what each thing gives, from nothing to as much as it can. */

function given(id: string, change: Partial<SessionState>): { points?: number; evidence: string } | null {
  const rule = ENGAGEMENT_RULES.find((one) => one.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule.test({ ...newState(0), ...change });
}

describe("engaged time", () => {
  it.each([
    [0, null],
    [9_999, null],
    [10_000, { points: 1, evidence: "10 s of engaged time" }],
    [19_999, { points: 1, evidence: "10 s of engaged time" }],
    [349_999, { points: 34, evidence: "340 s of engaged time" }],
    [350_000, { points: 35, evidence: "350 s of engaged time" }],
    [3_600_000, { points: 35, evidence: "3600 s of engaged time" }],
  ])("of %i ms", (engaged_ms, finding) => {
    expect(given("engagement.duration", { engaged_ms })).toEqual(finding);
  });
});

describe("the deepest scroll", () => {
  it.each([
    [0, null],
    [3.3, null],
    [3.4, { points: 1, evidence: "scrolled to 3 %" }],
    [50, { points: 15, evidence: "scrolled to 50 %" }],
    [99.9, { points: 29, evidence: "scrolled to 99 %" }],
    [100, { points: 30, evidence: "scrolled to 100 %" }],
  ])("to %d per cent", (scroll_percent, finding) => {
    expect(given("engagement.scroll", { scroll_percent })).toEqual(finding);
  });
});

describe("clicks", () => {
  it.each([
    [0, null],
    [1, { points: 2, evidence: "1 clicks" }],
    [9, { points: 18, evidence: "9 clicks" }],
    [10, { points: 20, evidence: "10 clicks" }],
    [11, { points: 20, evidence: "11 clicks" }],
  ])("%i of them", (clicks, finding) => {
    expect(given("engagement.clicks", { behaviour: { ...newBehaviour(), clicks } })).toEqual(finding);
  });
});

describe("coming back", () => {
  const back = (returns: number, sessions?: number) =>
    given("engagement.returns", {
      behaviour: { ...newBehaviour(), returns },
      identity:
        sessions === undefined ? null : { fingerprint: counts({ sessions }), address: null, version: 1, forms: 0 },
    });

  it.each([
    [0, undefined, null],
    [0, 1, null],
    [0, 0, null],
    [1, undefined, { points: 5, evidence: "came back 1 times: 1 to the page, 0 sessions before" }],
    [0, 2, { points: 5, evidence: "came back 1 times: 0 to the page, 1 sessions before" }],
    [1, 2, { points: 10, evidence: "came back 2 times: 1 to the page, 1 sessions before" }],
    [3, 1, { points: 15, evidence: "came back 3 times: 3 to the page, 0 sessions before" }],
    [2, 9, { points: 15, evidence: "came back 10 times: 2 to the page, 8 sessions before" }],
  ])("%i times to the page, in the day's session number %j", (returns, sessions, finding) => {
    expect(back(returns, sessions)).toEqual(finding);
  });

  it("is of a browser: sessions of its address say nothing", () => {
    const address = { fingerprint: null, address: counts({ sessions: 50 }), version: 1, forms: 0 };
    expect(given("engagement.returns", { identity: address })).toBeNull();
  });
});

describe("the engagement score", () => {
  it("grows as the visitor goes on, and is asked after each thing that gives points", () => {
    const log = logOf(
      start(),
      act("scroll", 1_000, { scroll_percent: 50 }),
      act("click", 2_000),
      act("visibility_change", 3_000, { data: { state: "hidden" } }),
      act("visibility_change", 40_000, { data: { state: "visible" } }),
      act("error", 50_000),
      identity({ fingerprint: { sessions: 2 } }),
    );
    const scores = log.map((_, i) => foldLog(log.slice(0, i + 1)).judgement.scores.engagement);
    expect(scores).toEqual([0, 15, 17, 17, 22, 23, 28]);
  });
});
