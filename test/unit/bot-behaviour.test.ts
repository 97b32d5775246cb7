import { describe, expect, it } from "vitest";
import { RULES } from "../../src/core/scoring/ruleset";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { type Behaviour, newBehaviour } from "../../src/core/signals/behaviour";
import type { Cadence } from "../../src/core/signals/cadence";
import { newPointer, type Pointer } from "../../src/core/signals/pointer";
import { newVelocity } from "../../src/core/signals/velocity";

/** Bot: behaviour. What each rule asks of a series, just short of it and just at it. */

const T = 1_795_000_000_000;

const stateOf = (behaviour: Partial<Behaviour>, more: Partial<SessionState> = {}): SessionState => ({
  ...newState(0),
  ...more,
  behaviour: { ...newBehaviour(), ...behaviour },
});

function said(id: string, state: SessionState): string | null {
  const rule = RULES.find((one) => one.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule.test(state)?.evidence ?? null;
}

/** `n` intervals around `mean` whose coefficient of variation is `spread`. */
const series = (n: number, mean: number, spread: number): Cadence => ({
  n,
  mean,
  m2: (mean * spread) ** 2 * (n - 1),
  last_at: T,
});

const peak = (n: number) => ({ ...newVelocity(), peak: n });

describe("velocity", () => {
  it.each([
    [249, null],
    [250, "250 events in 10 s"],
  ])("of %i events in ten seconds", (n, evidence) => {
    expect(said("bot.velocity", stateOf({}, { velocity: peak(n) }))).toBe(evidence);
  });

  it.each([
    [79, null],
    [80, "80 clicks in 10 s"],
  ])("of %i clicks in ten seconds", (n, evidence) => {
    expect(said("bot.click_velocity", stateOf({}, { velocity_by_type: { click: peak(n) } }))).toBe(evidence);
    expect(said("bot.click_velocity", stateOf({}, { velocity_by_type: { scroll: peak(n) } }))).toBeNull();
  });
});

describe("clicks", () => {
  it.each([
    ["eight equal intervals", series(8, 500, 0), "8 clicks 500 ms apart, spread 0.00"],
    ["seven equal intervals", series(7, 500, 0), null],
    ["a spread just under a tenth", series(8, 500, 0.0999), "8 clicks 500 ms apart, spread 0.10"],
    ["a spread of a tenth", series(8, 512, 0.1), null],
    ["a person's spread", series(50, 900, 0.8), null],
    ["all at one time", series(8, 0, 0), null],
  ])("with %s", (_, click_rhythm, evidence) => {
    expect(said("bot.click_cadence", stateOf({ click_rhythm }))).toBe(evidence);
  });

  it.each([
    [3, 3, null],
    [4, 4, "4 of 4 clicks were made by a script"],
    [4, 5, "4 of 5 clicks were made by a script"],
    [4, 6, null],
    [7, 9, null],
  ])("of which a script made %i of %i", (untrusted_clicks, clicks, evidence) => {
    expect(said("bot.untrusted_clicks", stateOf({ untrusted_clicks, clicks }))).toBe(evidence);
  });
});

describe("acts", () => {
  it.each([
    ["twenty with hardly a variation", series(20, 1_500, 0.2), "20 acts with a spread of 0.20 between them"],
    ["nineteen of them", series(19, 1_500, 0.2), null],
    ["a spread just under 0.35", series(20, 1_500, 0.3499), "20 acts with a spread of 0.35 between them"],
    ["a spread of 0.36", series(20, 1_500, 0.36), null],
    ["five a second", series(20, 200, 0.2), "20 acts with a spread of 0.20 between them"],
    ["more than five a second, as of a page's own events", series(20, 199, 0.2), null],
  ])("with %s", (_, deed_rhythm, evidence) => {
    expect(said("bot.steady_rhythm", stateOf({ deed_rhythm }))).toBe(evidence);
  });

  it("that fall in one moment have no rhythm", () => {
    expect(said("bot.steady_rhythm", stateOf({ deed_rhythm: series(20, 0, 0) }))).toBeNull();
  });
});

describe("scrolls", () => {
  const EQUAL = "8 scrolls of one size (0.00) at one interval (0.00)";
  it.each([
    ["equal steps at equal intervals", series(8, 800, 0), series(8, 10, 0), EQUAL],
    ["seven intervals", series(7, 800, 0), series(8, 10, 0), null],
    ["seven steps", series(8, 800, 0), series(7, 10, 0), null],
    ["uneven intervals", series(8, 800, 0.11), series(8, 10, 0), null],
    ["uneven steps", series(8, 800, 0), series(8, 10, 0.16), null],
    [
      "nearly even ones",
      series(8, 800, 0.09),
      series(8, 10, 0.14),
      EQUAL.replace("(0.00)", "(0.14)").replace("0.00", "0.09"),
    ],
    ["no time between them", series(8, 0, 0), series(8, 10, 0), null],
  ])("with %s", (_, scroll_rhythm, scroll_steps, evidence) => {
    expect(said("bot.scroll_cadence", stateOf({ scroll_rhythm, scroll_steps }))).toBe(evidence);
  });

  it.each([
    [4, 4, null],
    [5, 5, "5 of 5 scrolls without wheel, touch, key or pointer"],
    [9, 10, "9 of 10 scrolls without wheel, touch, key or pointer"],
    [8, 9, null],
  ])("of which %i of %i came of nothing", (scrolls_without_input, scrolls, evidence) => {
    expect(said("bot.scroll_without_input", stateOf({ scrolls_without_input, scrolls }))).toBe(evidence);
  });
});

describe("clicks without a movement", () => {
  const MOUSE = { signals: { touch: 0 }, first_event_at: T };
  const clicked = (after: number, pointed_clicks = 3): Partial<Behaviour> => ({
    pointed_clicks,
    click_rhythm: { n: 2, mean: 1, m2: 0, last_at: T + after },
  });
  const moved: Pointer = { ...newPointer(), points: 1 };

  it.each<[string, Partial<Behaviour>, Partial<SessionState>, string | null]>([
    ["three over five seconds", clicked(5_000), MOUSE, "3 clicks at places the pointer never moved to"],
    ["three in less", clicked(4_999), MOUSE, null],
    ["two", clicked(5_000, 2), MOUSE, null],
    ["three after a movement", { ...clicked(5_000), pointer: moved }, MOUSE, null],
    ["three fingers' taps", clicked(5_000), { ...MOUSE, signals: { touch: 5 } }, null],
    ["three of nobody knows what", clicked(5_000), { ...MOUSE, signals: null }, null],
    ["none at all", { pointed_clicks: 3 }, MOUSE, null],
  ])("are held against %s", (_, behaviour, more, evidence) => {
    expect(said("bot.no_movement", stateOf(behaviour, more))).toBe(evidence);
  });
});

describe("a pointer", () => {
  const pointing = (pointer: Partial<Pointer>, touch: number | null = 0) =>
    stateOf({ pointer: { ...newPointer(), ...pointer } }, { signals: touch === null ? null : { touch } });

  it.each([
    [4, 4, 0, "4 of 4 movements were jumps of more than 200 px"],
    [3, 3, 0, null],
    [6, 10, 0, "6 of 10 movements were jumps of more than 200 px"],
    [5, 9, 0, null],
    [4, 4, 5, null],
    [4, 4, null, null],
  ])("that jumps %i of %i times, on a device of %j touch points", (jumps, paths, touch, evidence) => {
    expect(said("bot.teleporting", pointing({ jumps, paths }, touch))).toBe(evidence);
  });

  it.each([
    [20, 20, "100 % of 20 steps went straight on"],
    [18, 20, "90 % of 20 steps went straight on"],
    [17, 20, null],
    [19, 19, null],
  ])("of which %i of %i steps go straight on", (straight, pairs, evidence) => {
    expect(said("bot.straight_paths", pointing({ straight, pairs }))).toBe(evidence);
  });

  it.each([
    [30, 30, "100 % of 30 steps at the speed of the step before"],
    [24, 30, "80 % of 30 steps at the speed of the step before"],
    [23, 30, null],
    [29, 29, null],
  ])("of which %i of %i steps are as fast as the one before", (even, pairs, evidence) => {
    expect(said("bot.even_speed", pointing({ even, pairs }))).toBe(evidence);
  });
});

describe("a form", () => {
  it.each([
    [149, "a form filled at 149 ms a field"],
    [0, "a form filled at 0 ms a field"],
    [150, null],
    [null, null],
  ])("filled at %j ms a field", (ms_per_field, evidence) => {
    expect(said("bot.form_speed", stateOf({ ms_per_field }))).toBe(evidence);
  });
});
