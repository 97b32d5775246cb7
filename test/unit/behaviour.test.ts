import { describe, expect, it } from "vitest";
import type { EventEntry, Unplaced } from "../../src/core/session/entry";
import type { EventDetail } from "../../src/core/session/event-detail";
import { newState } from "../../src/core/session/fold/state";
import type { Behaviour } from "../../src/core/signals/behaviour";
import { observe } from "../../src/core/signals/behaviour";
import { Topic, type TopicName } from "../../src/core/signals/topic";
import { foldLog } from "../../src/ops/backtest";
import { act, logOf, start, T0 } from "../support/log";

/** What a visitor's acts leave behind, act by act, and which rules are asked after each. */

const behaviourAfter = (...acts: Unplaced[]): Behaviour => foldLog(logOf(start(), ...acts)).behaviour;

const done = (event_type: string, data?: Record<string, unknown>): EventEntry => ({
  kind: "event",
  seq: 1,
  at: T0,
  received_at: T0,
  stream: "s1",
  number: 1,
  event_type,
  ...(data && { detail: { data } }),
});

const topicsOf = (event_type: string): TopicName[] => {
  const topics = observe(newState(0), done(event_type));
  return (Object.keys(Topic) as TopicName[]).filter((name) => topics & Topic[name]);
};

describe("an act", () => {
  it.each<[string, TopicName[]]>([
    ["mousemove", ["act", "pointer"]],
    ["click", ["act", "click", "deed"]],
    ["rage_click", ["act", "click", "deed"]],
    ["dead_click", ["act", "click", "deed"]],
    ["scroll", ["act", "scroll"]],
    ["visibility_change", ["act"]],
    ["form_focus", ["act", "deed"]],
    ["form_change", ["act", "deed"]],
    ["form_submit", ["act", "form", "deed", "lead"]],
    ["page_view", ["act", "deed"]],
    ["error", ["act"]],
    ["identify", ["act"]],
    ["web_vitals", []],
    ["shop.buy", ["act", "deed"]],
  ])("%s moves %j", (event_type, topics) => {
    expect(topicsOf(event_type)).toEqual(topics);
  });

  it.each([
    ["click", 1],
    ["form_focus", 1],
    ["form_change", 1],
    ["form_submit", 1],
    ["page_view", 1],
    ["shop.buy", 1],
    ["mousemove", 0],
    ["scroll", 0],
    ["visibility_change", 0],
    ["error", 0],
    ["identify", 0],
    ["web_vitals", 0],
    // They say more of a click that is counted already.
    ["rage_click", 0],
    ["dead_click", 0],
  ])("%s is a deed somebody decides to do: %i", (event_type, intervals) => {
    expect(behaviourAfter(act(event_type, 0), act(event_type, 700)).deed_rhythm.n).toBe(intervals);
  });
});

describe("a click", () => {
  const clicksAfter = (...details: EventDetail[]) => {
    const log = details.map((detail, i) => act("click", i * 500, detail));
    const { clicks, pointed_clicks, untrusted_clicks, click_rhythm } = behaviourAfter(...log);
    return { clicks, pointed_clicks, untrusted_clicks, intervals: click_rhythm.n };
  };

  it.each<[string, EventDetail, number]>([
    ["of a mouse", { x: 5, y: 9 }, 1],
    ["at the left edge", { x: 0, y: 9 }, 1],
    ["at the top edge", { x: 5, y: 0 }, 1],
    ["of a keyboard", { x: 0, y: 0 }, 0],
    ["that names no place", {}, 0],
  ])("%s names a place: %j", (_, detail, pointed) => {
    expect(clicksAfter(detail)).toMatchObject({ clicks: 1, pointed_clicks: pointed });
  });

  it("is a script's only where the browser says so", () => {
    const said = [false, true, undefined, 0].map((trusted) => ({ data: { trusted } }));
    expect(clicksAfter({}, ...said)).toMatchObject({ clicks: 5, untrusted_clicks: 1, intervals: 4 });
  });

  it("is not counted twice for having annoyed somebody", () => {
    const { clicks, click_rhythm } = behaviourAfter(act("click", 0), act("rage_click", 10), act("dead_click", 20));
    expect([clicks, click_rhythm.n]).toEqual([1, 0]);
  });
});

describe("a scroll", () => {
  const scrolled = (...depths: (number | undefined)[]) =>
    behaviourAfter(
      ...depths.map((depth, i) => act("scroll", i * 400, depth === undefined ? {} : { scroll_percent: depth })),
    );

  it("steps by how far it went, up or down, from the top of the page", () => {
    const { scrolls, scroll_rhythm, scroll_steps, last_depth } = scrolled(10, 30, 10);
    expect({ scrolls, last_depth }).toEqual({ scrolls: 3, last_depth: 10 });
    expect(scroll_rhythm).toMatchObject({ n: 2, mean: 400 });
    expect(scroll_steps.n).toBe(3);
    expect(scroll_steps.mean).toBeCloseTo((10 + 20 + 20) / 3);
  });

  it("that goes nowhere, or does not say where, is no step", () => {
    const { scrolls, scroll_steps, last_depth } = scrolled(0, 25, 25, undefined);
    expect([scrolls, scroll_steps.n, last_depth]).toEqual([4, 1, 25]);
  });

  it("has no input behind it only where the page says so", () => {
    const log = [false, true, undefined, 0].map((input, i) => act("scroll", i, { data: { input } }));
    expect(behaviourAfter(...log, act("scroll", 9))).toMatchObject({ scrolls: 5, scrolls_without_input: 1 });
  });
});

describe("a page that is left", () => {
  const seen = (state: string, after: number) => act("visibility_change", after, { data: { state } });

  it.each([
    [29_999, 0],
    [30_000, 1],
    [90_000, 1],
  ])("and seen again after %i ms is come back to: %i", (away, returns) => {
    const behaviour = behaviourAfter(seen("hidden", 1_000), seen("visible", 1_000 + away));
    expect(behaviour).toMatchObject({ returns, away_since: null });
  });

  it("is away from when it was first hidden", () => {
    const log = [seen("hidden", 1_000), seen("hidden", 20_000), seen("visible", 31_000)];
    expect(behaviourAfter(...log.slice(0, 2)).away_since).toBe(T0 + 1_000);
    expect(behaviourAfter(...log).returns).toBe(1);
  });

  it("is not come back to twice for being seen twice, nor for being seen first", () => {
    expect(behaviourAfter(seen("visible", 60_000)).returns).toBe(0);
    const log = [seen("hidden", 0), seen("visible", 40_000), seen("visible", 90_000)];
    expect(behaviourAfter(...log).returns).toBe(1);
  });

  it("and come back to has the rules asked that watch for it", () => {
    const state = newState(0);
    observe(state, done("visibility_change", { state: "hidden" }));
    const back = { ...done("visibility_change", { state: "visible" }), at: T0 + 30_000 };
    expect(observe(state, back)).toBe(Topic.act | Topic.visibility);
  });
});

describe("a form", () => {
  const form = (event_type: string, after: number, data: Record<string, unknown> = {}) =>
    act(event_type, after, { data });
  const change = (after: number) => form("form_change", after);

  it.each<[string, Unplaced[], number | null]>([
    [
      "from its first focus to its submit",
      [form("form_focus", 0), change(100), change(200), form("form_submit", 400)],
      200,
    ],
    ["from its first change", [change(1_000), change(1_100), form("form_submit", 1_300)], 150],
    ["by the fields that the page counts", [form("form_focus", 0), form("form_submit", 1_000, { fields: 4 })], 250],
    ["by the time that the page took", [change(1_000), change(1_500), form("form_submit", 2_000, { ms: 600 })], 300],
    ["rounded to whole milliseconds", [form("form_focus", 0), form("form_submit", 1_000, { fields: 3 })], 333],
    ["not of one field", [change(0), form("form_submit", 100)], null],
    ["not of one field by the page's word", [change(0), change(10), form("form_submit", 100, { fields: 1 })], null],
    ["of two fields", [form("form_focus", 0), form("form_submit", 100, { fields: 2 })], 50],
    ["not of a form that nobody began", [form("form_submit", 100, { fields: 5 })], null],
    ["of one the page has timed", [form("form_submit", 5_000, { fields: 5, ms: 1_000 })], 200],
  ])("takes its time a field: %s", (_, log, ms_per_field) => {
    expect(behaviourAfter(...log).ms_per_field).toBe(ms_per_field);
  });

  it.each([
    ["as long as the session", 2_000, 1_000],
    ["longer than the session", 2_001, 500],
    ["less than nothing", -1, 500],
    ["no number", "600", 500],
    ["not finite", Number.POSITIVE_INFINITY, 500],
    ["nothing", 0, 0],
  ])("is believed what it took where that can be true: %s", (_, ms, perField) => {
    const log = [form("form_focus", 1_000), form("form_submit", 2_000, { fields: 2, ms })];
    expect(behaviourAfter(...log).ms_per_field).toBe(perField);
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ["2"]])(
    "whose page counts %j fields has those that were seen to change",
    (fields) => {
      const log = [change(0), change(100), form("form_submit", 400, { fields })];
      expect(behaviourAfter(...log).ms_per_field).toBe(200);
    },
  );

  it("is measured afresh after a submit, and the quickest counts", () => {
    const slow = [change(0), change(500), form("form_submit", 2_000)];
    const quick = [change(10_000), change(10_050), form("form_submit", 10_100)];
    expect(behaviourAfter(...slow)).toMatchObject({ ms_per_field: 1_000, form_since: null, form_fields: 0 });
    expect(behaviourAfter(...slow, ...quick)).toMatchObject({ ms_per_field: 50, submits: 2 });
    expect(
      behaviourAfter(...slow, ...quick, change(20_000), change(21_000), form("form_submit", 22_000)),
    ).toMatchObject({ ms_per_field: 50, submits: 3 });
  });

  it("is submitted so long after its page was opened, or after the session began, the quickest counting", () => {
    expect(behaviourAfter(form("form_submit", 3_000)).submit_ms).toBe(3_000);
    const log = [act("page_view", 1_000), form("form_submit", 3_500)];
    expect(behaviourAfter(...log)).toMatchObject({ page_at: T0 + 1_000, submit_ms: 2_500 });
    expect(behaviourAfter(...log, form("form_submit", 9_000)).submit_ms).toBe(2_500);
    expect(behaviourAfter(...log, act("page_view", 9_000), form("form_submit", 10_000)).submit_ms).toBe(1_000);
  });
});
