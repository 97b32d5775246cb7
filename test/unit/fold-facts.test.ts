import { describe, expect, it } from "vitest";
import type { EventEntry, Unplaced } from "../../src/core/session/entry";
import { MAX_PAGES, MAX_PAGES_UNITS } from "../../src/core/session/fold/limits";
import type { SessionState } from "../../src/core/session/fold/state";
import { foldLog } from "../../src/ops/backtest";
import { act, HOME, logOf, NO_AGENT, network, start, T0 } from "../support/log";

/** What a session's state knows of pages, numbers, networks and devices, entry by entry. */

const stateOf = (...entries: Unplaced[]): SessionState => foldLog(logOf(start(), ...entries));
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

describe("pages", () => {
  const on = (page: string, at: number, type = "page_view") => event(type, at, { page });

  it("are remembered once each, and viewed by name", () => {
    const [a, b] = ["https://shop.example/a?x=1", "https://shop.example/b"];
    const state = stateOf(on(a, 1), on(b, 2), on(a, 3), on(a, 4, "click"));
    expect(state).toMatchObject({ page_views: 3, pages: [a, b], current_page: a });
    expect(state.views).toEqual({
      "https://shop.example/": 0,
      "https://shop.example/a": 2,
      "https://shop.example/b": 1,
    });
  });

  it("that a view does not name are the page before, or the entry page", () => {
    expect(stateOf(act("page_view", 1)).views).toEqual({ "https://shop.example/": 1 });
    const { views } = stateOf(on("https://shop.example/b", 1, "click"), act("page_view", 2));
    expect(views).toEqual({ "https://shop.example/": 0, "https://shop.example/b": 1 });
  });

  it("are remembered up to a hundred", () => {
    const pages = Array.from({ length: MAX_PAGES + 2 }, (_, i) => on(`https://shop.example/${i}`, i));
    const state = stateOf(...pages);
    expect(state.pages).toHaveLength(MAX_PAGES);
    expect(state.pages.at(-1)).toBe(`https://shop.example/${MAX_PAGES - 1}`);
    expect(state.current_page).toBe(`https://shop.example/${MAX_PAGES + 1}`);
  });

  it("are remembered up to so much text, and a short one may still fit", () => {
    const long = (i: number) => `https://shop.example/${i}`.padEnd(2_048, "x");
    const sixteen = Array.from({ length: MAX_PAGES_UNITS / 2_048 }, (_, i) => on(long(i), i));
    expect(stateOf(...sixteen).pages).toHaveLength(16);
    expect(stateOf(...sixteen, on("https://shop.example/y", 99)).pages).toHaveLength(16);
    const nearly = [...sixteen.slice(1), on(long(0).slice(0, 2_000), 98)];
    expect(stateOf(...nearly, on(long(99), 99), on("https://shop.example/y", 100)).pages.at(-1)).toBe(
      "https://shop.example/y",
    );
  });
});

describe("settled numbers", () => {
  const settled = (more: object): Unplaced => ({
    kind: "settled",
    at: T0 + 9_000,
    stream: "s1",
    rejected: [],
    gone: [],
    ...more,
  });

  it("are refused or gone in their stream, each once", () => {
    const { streams, last_received_at } = stateOf(
      act("click", 1),
      settled({ rejected: [900_001, 900_001], gone: [[900_003, 900_005]] }),
    );
    expect(streams["s1"]).toMatchObject({ through: 900_005, rejected: 1, gone: 3 });
    expect(last_received_at).toBe(T0 + 9_000);
  });

  it("of a batch without numbers are only how many", () => {
    const state = stateOf(
      settled({ stream: null, unnumbered_rejected: 2 }),
      settled({ stream: null, unnumbered_rejected: 3 }),
    );
    expect(state).toMatchObject({ unnumbered_rejected: 5, streams: {} });
    expect(stateOf(settled({})).unnumbered_rejected).toBe(0);
  });

  it("do not take the newest receive time back", () => {
    expect(stateOf(act("click", 20_000), settled({})).last_received_at).toBe(T0 + 20_000);
  });
});

describe("a change of network", () => {
  it("is counted, and what differs between two known values is travel", () => {
    const elsewhere = { address: "a2", network: "n2", country: "FR" };
    const state = stateOf(network(elsewhere), network({ ...elsewhere, address: "a3" }));
    expect(state).toMatchObject({ network_changes: 2, travel: { addresses: 2, networks: 1, countries: 1 } });
    expect(state.network).toMatchObject({ address: "a3", country: "FR" });
  });

  it.each([
    ["the same", {}],
    ["forgotten", { address: null, network: null, country: null }],
  ])("to what is %s is no travel", (_, more) => {
    expect(stateOf(network(more)).travel).toEqual({ addresses: 0, networks: 0, countries: 0 });
  });

  it("from what was not known is no travel", () => {
    const nowhere = { ...HOME, address: null, network: null, country: null };
    expect(foldLog(logOf(start({ network: nowhere }), network({}))).travel).toEqual({
      addresses: 0,
      networks: 0,
      countries: 0,
    });
  });
});

describe("what is learnt later", () => {
  const agent = { ...NO_AGENT, major: 2, mobile: false };
  const detail = (more: object = {}): Unplaced => ({
    kind: "detail",
    at: T0 + 1,
    device: { platform: "x", language: "de" },
    screen: { width: 2 },
    signals: { touch: 5 },
    agent,
    ...more,
  });

  it("fills what was not known", () => {
    expect(stateOf(detail())).toMatchObject({
      device: { platform: "x" },
      screen: { width: 2 },
      signals: { touch: 5 },
      agent,
    });
    expect(stateOf(detail({ agent: undefined })).agent).toBeNull();
  });

  it("takes nothing back of device, screen and agent, and adds signals", () => {
    const first = start({
      device: { platform: "y" },
      screen: { width: 1 },
      signals: { plugins: 3 },
      agent: { ...agent, major: 1 },
    });
    expect(foldLog(logOf(first, detail()))).toMatchObject({
      device: { platform: "y", language: "de" },
      screen: { width: 1 },
      signals: { plugins: 3, touch: 5 },
      agent: { major: 1 },
    });
  });
});
