import { describe, expect, it } from "vitest";
import { BEHAVIOUR_RULES } from "../../src/core/scoring/rules/bot-behaviour";
import type { Unplaced } from "../../src/core/session/entry";
import { foldLog } from "../../src/ops/backtest";
import { act, logOf, start } from "../support/log";

/** Scripts as their acts show them: each rule of behaviour is asked after the very act that fills its series. */

const times = (n: number, one: (i: number) => Unplaced): Unplaced[] => Array.from({ length: n }, (_, i) => one(i));
const DESKTOP = start({ signals: { touch: 0 } });

/** A line of 21 points, 20 px apart, at one speed. */
const RULER = Array.from({ length: 22 }, (_, i) => [16, i * 20, 0]);
/** The same at one speed around a square, so that every other step turns. */
const SQUARE = Array.from({ length: 40 }, (_, i) => [16, 20 * Math.ceil(i / 2), 20 * Math.floor(i / 2)]);

const SCRIPTS: Record<string, Unplaced[]> = {
  "bot.velocity": times(250, (i) => act("error", i * 30)),
  "bot.click_velocity": times(80, (i) => act("click", i * i)),
  "bot.click_cadence": times(9, (i) => act("click", i * 500)),
  "bot.steady_rhythm": times(21, (i) => act("shop.buy", i * 1_500)),
  "bot.scroll_cadence": times(9, (i) => act("scroll", i * 800, { scroll_percent: 10 * (i + 1) })),
  "bot.scroll_without_input": times(5, (i) => act("scroll", i * i * 700, { data: { input: false } })),
  "bot.no_movement": times(3, (i) => act("click", i * i * 2_000, { x: 5, y: 5 })),
  "bot.teleporting": times(5, (i) => act("mousemove", i * i * 700, { x: i * 300, y: 5 })),
  "bot.straight_paths": [act("mousemove", 0, { data: { path: RULER } })],
  "bot.even_speed": [act("mousemove", 0, { data: { path: SQUARE } })],
  "bot.untrusted_clicks": times(4, (i) => act("click", i * i * 700, { data: { trusted: false } })),
  "bot.form_speed": [...times(3, (i) => act("form_change", i * 50)), act("form_submit", 200)],
};

const standing = (log: Unplaced[]): string[] =>
  foldLog(logOf(DESKTOP, ...log))
    .judgement.ledger.filter(({ score, withdrawn_at }) => score === "bot" && withdrawn_at === undefined)
    .map(({ rule }) => rule);

describe("a script", () => {
  it("is there for each rule of behaviour", () => {
    expect(Object.keys(SCRIPTS).sort()).toEqual(BEHAVIOUR_RULES.map(({ id }) => id).sort());
  });

  it.each(Object.entries(SCRIPTS))("is caught by %s with its last act, and not before", (rule, log) => {
    expect(standing(log)).toContain(rule);
    expect(standing(log.slice(0, -1))).not.toContain(rule);
  });
});

describe("a person", () => {
  it("clicks, scrolls, reads and comes back without a rule to say anything", () => {
    const path = [
      [0, 100, 100],
      [16, 112, 104],
      [16, 131, 113],
      [33, 160, 130],
      [16, 171, 140],
      [50, 180, 152],
    ];
    const log = [
      act("page_view", 0),
      act("mousemove", 900, { data: { path } }),
      act("scroll", 2_100, { scroll_percent: 8, data: { input: true } }),
      act("scroll", 2_700, { scroll_percent: 21, data: { input: true } }),
      act("click", 9_400, { x: 180, y: 152, data: { trusted: true } }),
      act("form_focus", 12_000),
      act("form_change", 16_500),
      act("form_change", 24_000),
      act("form_submit", 31_000),
    ];
    expect(standing(log)).toEqual([]);
  });

  it("who stops looking like a machine is taken back what was held against them", () => {
    const steady = times(9, (i) => act("click", i * 500));
    const human = times(6, (i) => act("click", 6_000 + i * i * 900));
    expect(standing(steady)).toEqual(["bot.click_cadence"]);
    expect(standing([...steady, ...human])).toEqual([]);
  });
});
