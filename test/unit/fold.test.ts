import { describe, expect, it } from "vitest";
import { ruleSet } from "../../src/core/scoring/ruleset";
import type { EventEntry, Unplaced } from "../../src/core/session/entry";
import { ENGAGED_GAP_MS } from "../../src/core/session/fold/attention";
import { apply, applyText, MAX_COUNTED_TYPES } from "../../src/core/session/fold/fold";
import { newState, type SessionState } from "../../src/core/session/fold/state";
import { foldLog } from "../../src/ops/backtest";
import { act, HOME, lead, logOf, NO_AGENT, start, T0 } from "../support/log";

/** What each entry of a log does to a session's state. */

const stateOf = (...entries: Unplaced[]): SessionState => foldLog(logOf(start(), ...entries));
const end = (more: object = {}): Unplaced => ({
  kind: "end",
  at: T0 + 60_000,
  received_at: T0 + 61_000,
  reason: "client",
  exit_page: null,
  ...more,
});

/** An act on a page, or with another property of an event than its detail. */
const event = (event_type: string, at: number, more: Partial<EventEntry> = {}): Unplaced => ({
  kind: "event",
  at: T0 + at,
  received_at: T0 + at,
  stream: "s1",
  number: 1 + at,
  event_type,
  ...more,
});

describe("a start", () => {
  it("is what the session is", () => {
    const said = {
      page: "https://shop.example/a?b#c",
      referrer: "https://news.example/",
      consent: "denied" as const,
      device: { timezone: "UTC" },
      screen: { width: 1 },
      signals: { touch: 0 },
      agent: { ...NO_AGENT, major: 1, mobile: false },
    };
    expect(foldLog(logOf(start(said)))).toMatchObject({
      seq: 1,
      started_at: T0,
      last_received_at: T0,
      consent: "denied",
      rules_version: 1,
      entry_page: said.page,
      referrer: said.referrer,
      device: said.device,
      screen: said.screen,
      signals: said.signals,
      agent: said.agent,
      network: HOME,
      first_event_at: null,
      last_event_at: null,
      views: { "https://shop.example/a": 0 },
      page_views: 0,
      pages: [],
      current_page: null,
    });
  });
});

describe("an event", () => {
  it("counts, and widens the session's first and last time by its own", () => {
    const state = stateOf(act("click", 1_000), act("click", 3_000), act("scroll", 2_000));
    expect(state).toMatchObject({ events: 3, late: 0, counts: { click: 2, scroll: 1 } });
    expect(state).toMatchObject({ first_event_at: T0 + 1_000, last_event_at: T0 + 3_000 });
    expect(state.last_received_at).toBe(T0 + 3_000);
  });

  it("is settled in its stream, whose time never runs backwards", () => {
    const numbered = (number: number, at: number) => event("click", at, { number });
    const { s1 } = stateOf(numbered(1, 500), numbered(4, 400)).streams;
    expect(s1).toEqual({
      through: 4,
      gaps: [[2, 3]],
      at: T0 + 500,
      gap_at: T0 + 500,
      received: 2,
      rejected: 0,
      gone: 0,
    });
  });

  it("without a number counts, and has no stream", () => {
    expect(stateOf(event("click", 1, { stream: null, number: null }))).toMatchObject({ events: 1, streams: {} });
  });

  it("that is late is stored, and says nothing of the visitor", () => {
    const late = event("page_view", 90_000, { late: true, page: "https://shop.example/x" });
    expect(stateOf(act("click", 1_000), end(), late)).toMatchObject({
      events: 2,
      late: 1,
      counts: { click: 1 },
      page_views: 0,
      last_event_at: T0 + 1_000,
      current_page: null,
      last_received_at: T0 + 90_000,
    });
  });

  it("of the actor's own is counted, closes its form, and is no act of the visitor's", () => {
    const data = { form: "contact" };
    const said = event("form_abandoned", 50_000, { stream: "server", number: 1, detail: { data } });
    const state = stateOf(event("form_focus", 1_000, { detail: { data } }), said);
    expect(state).toMatchObject({ events: 2, counts: { form_focus: 1, form_abandoned: 1 }, forms: [] });
    expect(state).toMatchObject({ last_event_at: T0 + 1_000, last_received_at: T0 + 1_000, engaged_ms: 0 });
  });

  it("that a page measured of itself is counted, and is no act of the visitor's", () => {
    const before = stateOf(act("click", 1_000), act("scroll", 2_000, { scroll_percent: 10 }));
    const measured = event("web_vitals", 9_000, { page: "https://shop.example/x", detail: { data: { lcp: 900 } } });
    const state = stateOf(act("click", 1_000), act("scroll", 2_000, { scroll_percent: 10 }), measured);
    expect(state).toMatchObject({ events: 3, counts: { click: 1, scroll: 1, web_vitals: 1 } });
    const moved = { events: 0, seq: 0, counts: 0, streams: 0, last_received_at: 0 };
    expect({ ...state, ...moved }).toEqual({ ...before, ...moved });
  });

  it.each([
    ["click", 1],
    ["scroll", 1],
    ["shop.buy", 1],
    ["mousemove", 0],
    ["visibility_change", 0],
  ])("%s is a beat of the visitor's rhythm: %i", (type, n) => {
    expect(stateOf(act(type, 0), act(type, 500)).cadence.n).toBe(n);
  });

  it("counts in the velocity of its type, custom types together", () => {
    const { velocity, velocity_by_type } = stateOf(act("click", 0), act("shop.buy", 10), act("shop.see", 20));
    expect(velocity.peak).toBe(3);
    expect(Object.entries(velocity_by_type).map(([type, { peak }]) => [type, peak])).toEqual([
      ["click", 1],
      ["custom", 2],
    ]);
  });

  it("deepens the scroll, and never takes it back", () => {
    const depths = [0, 40, 10].map((scroll_percent, i) => act("scroll", i, { scroll_percent }));
    expect(stateOf(...depths, act("scroll", 9)).scroll_percent).toBe(40);
  });
});

describe("engaged time", () => {
  const hidden = (at: number) => act("visibility_change", at, { data: { state: "hidden" } });
  const visible = (at: number) => act("visibility_change", at, { data: { state: "visible" } });

  it.each<[string, Unplaced[], number]>([
    ["nothing at the first event", [act("click", 5_000)], 0],
    ["the time between two", [act("click", 0), act("click", 4_000)], 4_000],
    ["a gap of fifteen seconds", [act("click", 0), act("click", ENGAGED_GAP_MS)], ENGAGED_GAP_MS],
    ["no more of a longer one", [act("click", 0), act("click", 28_000)], ENGAGED_GAP_MS],
    ["as much of a page that is read for 28 s and left", [act("page_view", 0), hidden(28_000)], ENGAGED_GAP_MS],
    [
      "no time out of sight",
      [act("click", 0), hidden(2_000), act("click", 3_000), visible(5_000), act("click", 6_000)],
      3_000,
    ],
    ["the same, whatever else a page says of its sight", [visible(0), act("click", 1_000)], 1_000],
  ])("is %s", (_, log, engaged_ms) => {
    expect(stateOf(...log).engaged_ms).toBe(engaged_ms);
  });
});

describe("types", () => {
  const custom = (n: number) => Array.from({ length: n }, (_, i) => act(`shop.t${i}`, i));

  it("are counted by name up to a limit, then together", () => {
    const { counts } = stateOf(...custom(MAX_COUNTED_TYPES + 3));
    expect(counts["other"]).toBe(3);
    expect(Object.keys(counts)).toHaveLength(MAX_COUNTED_TYPES + 1);
    expect(counts).toHaveProperty([`shop.t${MAX_COUNTED_TYPES - 1}`], 1);
  });

  it("that are known, and those built in, are counted by name past the limit too", () => {
    const full = custom(MAX_COUNTED_TYPES);
    expect(stateOf(...full, act("shop.t0", 900), act("click", 901)).counts).toMatchObject({ "shop.t0": 2, click: 1 });
  });

  it("may have the name of anything", () => {
    expect(Object.entries(stateOf(act("constructor", 1), act("constructor", 2)).counts)).toEqual([["constructor", 2]]);
  });
});

describe("other entries", () => {
  it("set consent, the identities' answer, the leads and nothing else", () => {
    const answer = { fingerprint: null, address: null };
    const state = stateOf(
      { kind: "consent", at: T0 + 1, consent: "denied" },
      { kind: "identify", at: T0 + 2, learnt: ["ip"] },
      { kind: "identity", at: T0 + 3, answer, version: 4, forms: 5 },
      lead({ honeypot: true }, 50_000),
      lead({ submit_ms: 7 }, 40_000),
    );
    expect(state).toMatchObject({ consent: "denied", identity: { ...answer, version: 4, forms: 5 }, events: 0 });
    expect(state).toMatchObject({ lead: { honeypot: true, submit_ms: 7 }, last_received_at: T0 + 50_000 });
    expect(state.journey.leads).toBe(2);
  });
});

describe("an end", () => {
  it("by the client is when it said so, on the page it left", () => {
    const page = event("click", 1, { page: "https://shop.example/b" });
    expect(stateOf(page, end())).toMatchObject({
      ended_at: T0 + 60_000,
      end_taken_at: T0 + 61_000,
      end_reason: "client",
      exit_page: "https://shop.example/b",
    });
    expect(stateOf(page, end({ exit_page: "https://shop.example/c" })).exit_page).toBe("https://shop.example/c");
  });

  it("of an idle visitor is when they last did something", () => {
    const idle = end({ reason: "idle" });
    expect(stateOf(act("click", 5_000), idle).ended_at).toBe(T0 + 5_000);
    expect(stateOf(idle).ended_at).toBe(T0);
  });
});

describe("a row's text", () => {
  it("folds entry by entry, by the session's own rules unless it is asked for others", () => {
    const log = logOf(start({ signals: { webdriver: true } }), act("click", 1));
    const state = newState(0);
    applyText(state, log.map((entry) => JSON.stringify(entry)).join(","));
    expect(state).toEqual(foldLog(log));
    expect(state.judgement.label).toBe("bot");
    const [first] = log;
    const unjudged = newState(0);
    if (first) apply(unjudged, first, ruleSet(0));
    expect(unjudged.judgement.label).toBeNull();
  });
});
