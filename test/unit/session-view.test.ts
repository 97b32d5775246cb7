import { describe, expect, it } from "vitest";
import { agentOf } from "../../src/core/network/agent";
import { newState, readSnapshot, writeSnapshot } from "../../src/core/session/fold/state";
import { type Identity, learn, newHead } from "../../src/core/session/head";
import { newProgress } from "../../src/core/session/progress";
import { columns, LIVE_MAX_ENTRIES, liveView, newest, summary } from "../../src/core/session/view";
import { foldLog } from "../../src/ops/backtest";
import { iphone } from "../support/agents";
import { act, HOME, logOf, start, T0 } from "../support/log";

/** What of a session is shown, live and in its row. */

const ID = "11111111-2222-4333-8444-555555555555";
const NOBODY = newHead(ID, "shop", T0);
const KNOWN = learn(
  NOBODY,
  { visitor_id: "v", fingerprint_id: "f", device_id: "d", ip: "x", asn: 7, traits: { plan: "pro" } },
  T0,
);
const IPHONE = iphone("Version/18.5 Mobile/15E148 Safari/604.1");
const bare = () => newState(0);
const visited = () => {
  const page = "https://shop.example/?utm_source=Mail&utm_campaign=May";
  const network = { ...HOME, verified_bot: "Crawler" };
  return foldLog(
    logOf(start({ page, network, device: { user_agent: IPHONE }, agent: agentOf(IPHONE) }), act("click", 4_000)),
  );
};

describe("a row's columns", () => {
  it("name who and where, and when something last happened", () => {
    const state = visited();
    expect(columns(KNOWN, state)).toEqual({
      session_id: ID,
      site: "shop",
      visitor_id: "v",
      fingerprint_id: "f",
      ip: "x",
      asn: 7,
      country: "DE",
      started_at: T0,
      last_event_at: T0 + 4_000,
      ended_at: null,
      events: 1,
      last_seq: 2,
      label: "bot",
      scores: state.judgement.scores,
    });
  });

  it("name nobody where nobody is known, and the start where nothing happened", () => {
    expect(columns(NOBODY, { ...bare(), started_at: T0 })).toMatchObject({
      visitor_id: null,
      fingerprint_id: null,
      ip: null,
      asn: null,
      country: null,
      last_event_at: T0,
    });
  });
});

describe("a summary", () => {
  it("has the classes of a session beside its counts", () => {
    const progress = { ...newProgress(0), quarantined: 2 };
    expect(summary(KNOWN, visited(), progress)).toMatchObject({
      source: "mail",
      campaign: "may",
      device_class: "mobile",
      device_id: "d",
      traits: { plan: "pro" },
      engagement_band: "cold",
      verified_bot: "Crawler",
      quarantined: 2,
      pages: 0,
      counts: { click: 1 },
      cadence: { intervals: 0, mean_ms: 0, variation: null },
      rules_version: 1,
      abstained: expect.arrayContaining([{ rule: "bot.webdriver", why: "the page sent no signals" }]),
    });
  });

  it("says that a visitor is claimed where another may prove to be them", () => {
    const unproven = (visitor: Partial<Identity>) =>
      summary(learn(NOBODY, visitor, T0), bare(), newProgress(0)).unproven;
    const visitor_id = "3c331bfc-87e5-8983-838c-0d50e30a5b84";
    expect(unproven({ visitor_id })).toBe(true);
    expect(unproven({ visitor_id, visitor_proven: true })).toBe(false);
    expect(unproven({ visitor_id: "v" })).toBe(false);
  });

  it("of nobody names nobody", () => {
    expect(summary(NOBODY, bare(), newProgress(0))).toMatchObject({
      device_id: null,
      traits: {},
      verified_bot: null,
      engagement_band: null,
      device_class: "unknown",
    });
  });
});

describe("a live view", () => {
  const facts = { journal: { entries: 3, rows: 2, units: 99 }, alarm_at: T0 + 5, watchers: 1 };
  const live = (state = visited(), more: object = {}) =>
    liveView(KNOWN, state, { ...newProgress(0), ...more }, facts, T0 + 5_000);

  it("has the velocity of this instant, over all and by type", () => {
    const rates = { last_10s: 1, last_60s: 1, peak_10s: 1 };
    expect(live().velocity).toEqual({ overall: rates, by_type: { click: rates } });
  });

  it("has the actor's own condition", () => {
    const { d1, r2, ...rest } = newProgress(0);
    const more = {
      ...rest,
      wakes: 4,
      d1: { ...d1, through: 2, error: "down" },
      r2: { ...r2, through: 1, attempts: 3 },
    };
    expect(live(visited(), more).actor).toEqual({
      wakes: 4,
      journal_depth: 3,
      journal_rows: 2,
      journal_units: 99,
      watermarks: { seq: 2, d1: 2, r2: 1, both: 1 },
      attempts: { d1: 0, r2: 3 },
      last_flush_error: { d1: "down", r2: null },
      next_alarm_at: T0 + 5,
      watchers: 1,
    });
  });

  it("says whether the session goes on, and how much of it is recorded", () => {
    expect(live()).toMatchObject({ ended: false, visible: true, recording: null, timestamp: T0 + 5_000 });
    expect(live({ ...visited(), ended_at: T0 }).ended).toBe(true);
    const recording = { streams: {}, since: T0, chunks: 2, bytes: 300 };
    expect(live(visited(), { recording }).recording).toEqual({ chunks: 2, bytes: 300 });
  });

  it("shows the newest thousand entries", () => {
    const entries = logOf(...Array.from({ length: LIVE_MAX_ENTRIES + 1 }, () => start()));
    expect(newest(entries)).toEqual(entries.slice(1));
    expect(newest(entries.slice(1))).toHaveLength(LIVE_MAX_ENTRIES);
  });
});

describe("a snapshot", () => {
  it("is read back as it was", () => {
    const state = visited();
    expect(readSnapshot(writeSnapshot(state))).toEqual(state);
  });

  it("begins with nothing", () => {
    expect(bare()).toMatchObject({ visible: true, consent: "granted", pages: [], forms: [], travel: { addresses: 0 } });
  });
});
