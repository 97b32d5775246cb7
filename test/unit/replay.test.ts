import { describe, expect, it } from "vitest";
import { RULES_VERSION } from "../../src/core/scoring/ruleset";
import type { Entry, EventEntry, StartEntry } from "../../src/core/session/entry";
import { apply } from "../../src/core/session/fold/fold";
import { newState } from "../../src/core/session/fold/state";
import { seenAt } from "../../src/web/dashboard/replay/camera";
import { advance, createClock, pausesOf } from "../../src/web/dashboard/replay/clock";
import { isWithin, lastAt, sceneOf, sheetAt } from "../../src/web/dashboard/replay/scene";
import { scoresOver } from "../../src/web/dashboard/replay/scores";

const T = 1_700_000_000_000;

const start: StartEntry = {
  kind: "start",
  seq: 1,
  at: T,
  page: "https://shop.example/",
  referrer: null,
  device: null,
  signals: null,
  screen: { width: 1_000, height: 800 },
  consent: "granted",
  rules_version: RULES_VERSION,
  network: { address: "a1", country: "DE", region: null, timezone: null, colo: null, protocol: null, edge: true },
};

const event = (seq: number, after: number, event_type: string, more: Partial<EventEntry> = {}): EventEntry => ({
  kind: "event",
  seq,
  at: T + after,
  received_at: T + after,
  stream: "s",
  number: seq,
  event_type,
  page: "https://shop.example/",
  ...more,
});

describe("the replay's clock", () => {
  const pauses = pausesOf([T, T + 1_000, T + 61_000], T + 62_000);

  it("finds the pauses worth skipping", () => {
    expect(pauses).toEqual([[T + 1_000, T + 61_000]]);
  });

  it("lets each pause pass in two seconds, however long it was", () => {
    expect(advance(T, 500, pauses)).toBe(T + 500);
    expect(advance(T, 2_000, pauses)).toBe(T + 31_000);
    expect(advance(T, 3_000, pauses)).toBe(T + 61_000);
    expect(advance(T, 3_500, pauses)).toBe(T + 61_500);
  });

  it("goes as fast as it is told, stops at the end, and never leaves the session", () => {
    const clock = createClock(T, T + 62_000, pauses);
    clock.skipsIdle.value = false;
    clock.speed.value = 4;
    clock.playing.value = true;
    clock.tick(1_000);
    expect(clock.now.value).toBe(T + 4_000);
    clock.tick(60_000);
    expect(clock.now.value).toBe(T + 62_000);
    expect(clock.playing.value).toBe(false);
    clock.seek(0);
    expect(clock.now.value).toBe(T);
  });
});

describe("a replay's scene", () => {
  const path = [
    [0, 10, 10],
    [100, 60, 10],
    [100, 60, 2_000],
  ];
  const entries: Entry[] = [
    start,
    event(2, 10, "page_view"),
    event(3, 1_000, "mousemove", { detail: { x: 60, y: 2_000, data: { path } } }),
    event(4, 1_100, "click", { element: "button#buy", detail: { x: 61, y: 2_001 } }),
    event(5, 1_200, "scroll", { detail: { scroll_percent: 70 } }),
    event(6, 2_000, "visibility_change", { detail: { data: { state: "hidden" } } }),
    event(7, 9_000, "visibility_change", { detail: { data: { state: "visible" } } }),
    event(8, 9_500, "form_change", { detail: { data: { form: "contact", field: "email", ms: 1_500 } } }),
    event(9, 10_000, "page_view", { page: "https://shop.example/cart" }),
  ];
  const scene = sceneOf(entries);

  it("has a sheet for each page view, from its time to the next", () => {
    expect(scene.sheets.map(({ page, from, to }) => [page, from - T, to - T])).toEqual([
      ["https://shop.example/", 0, 10_000],
      ["https://shop.example/cart", 10_000, 10_000],
    ]);
    expect(sheetAt(scene, T + 9_999)?.page).toBe("https://shop.example/");
  });

  it("puts the cursor where its path was at each moment, and clicks where they were made", () => {
    const [sheet] = scene.sheets;
    if (!sheet) throw new Error("no sheet");
    expect(sheet.clicks).toMatchObject([{ x: 61, y: 2_001, element: "button#buy" }]);
    expect(seenAt(sheet, scene.screen, T + 850).cursor).toMatchObject({ x: 35, y: 10 });
    expect(seenAt(sheet, scene.screen, T + 700).cursor).toBeNull();
    expect(seenAt(sheet, scene.screen, T + 1_300).scrolled).toBe(70);
  });

  it("follows the cursor down a long page", () => {
    const [sheet] = scene.sheets;
    if (!sheet) throw new Error("no sheet");
    const { top, height } = seenAt(sheet, scene.screen, T + 1_200);
    expect(top).toBeGreaterThan(0);
    expect(2_001).toBeGreaterThan(top);
    expect(2_001).toBeLessThan(top + height);
  });

  it("knows when the page was hidden, and which fields were touched", () => {
    expect([1_999, 2_000, 8_999, 9_000].map((ms) => isWithin(scene.hidden, T + ms))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(scene.fields).toMatchObject([{ form: "contact", field: "email", what: "changed", detail: "after 1.5 s" }]);
  });

  it("takes nothing for a path that is none", () => {
    const lies = [null, [1], ["a", "b", "c"], [-5, 1, 1], [0, Number.NaN, 2]];
    const odd = sceneOf([start, event(2, 1, "mousemove", { detail: { data: { path: lies } } })]);
    expect(odd.sheets[0]?.points).toEqual([]);
  });

  it("finds the last entry at a moment", () => {
    const list = [{ at: 1 }, { at: 3 }, { at: 3 }, { at: 9 }];
    expect([0, 1, 2, 3, 10].map((at) => lastAt(list, at))).toEqual([-1, 0, 0, 2, 3]);
  });

  it("ends with the very scores that the actor's fold has, having moved there step by step", () => {
    const state = newState(0);
    for (const entry of structuredClone(entries)) apply(state, entry);
    const steps = scoresOver(entries, [], true);
    expect(steps.at(-1)?.scores).toEqual(state.judgement.scores);
    expect(steps.length).toBeGreaterThan(1);
    expect(steps[0]?.at).toBe(T);
  });

  it("sums the ledger where there is no whole log", () => {
    const line = { weight: 40, class: "convicting", seq: 4, evidence: "" } as const;
    const ledger = [{ ...line, rule: "bot.webdriver", score: "bot", points: 40, at: T + 1_100 }] as const;
    const steps = scoresOver(entries.slice(1), [...ledger], false);
    expect(steps.map(({ at, scores }) => [at - T, scores.bot])).toEqual([
      [10, 0],
      [1_100, 40],
    ]);
  });
});
