import { describe, expect, it } from "vitest";
import { type Health, type Presence, presenceOf } from "../../src/core/roster/entry";
import { addCounts, figuresOf } from "../../src/core/roster/figures";
import { isLeftFor, type Stay } from "../../src/core/roster/people";
import { allShards, shardName, shardOf } from "../../src/core/roster/shards";
import { mergeSummaries, REALTIME_TOP, summarize } from "../../src/core/roster/summary";
import { markOf, ROSTER_BEAT_MS, reasonFor } from "../../src/core/roster/when";
import { whoIs } from "../../src/core/roster/who";
import { newState } from "../../src/core/session/fold/state";
import { newHead } from "../../src/core/session/head";

const T = 1_795_000_000_000;

const presence = (session_id: string, more: Partial<Presence> = {}): Presence => ({
  session_id,
  site: "a",
  page: "/",
  referrer: null,
  country: "DE",
  started_at: T,
  seen_at: T,
  events: 1,
  page_views: 1,
  engaged_ms: 0,
  label: "human",
  scores: { engagement: 1, bot: 0, vpn: 0, risk: 0 },
  ...more,
});

/** Sessions as their shard has them, each of a visitor of its own unless it says whose. */
const here = (presences: Presence[], visitorOf = ({ session_id }: Presence) => session_id) =>
  presences.map((one) => ({ presence: one, visitor: visitorOf(one) }));

const ids = (sessions: Presence[]) => sessions.map(({ session_id }) => session_id);

describe("a summary of who is there", () => {
  const present = [
    presence("b", { page: "/x", country: null, label: null }),
    presence("a", { page: "/x" }),
    presence("c", { seen_at: T + 1, label: "bot" }),
  ];

  it("counts everyone by page, country and verdict, unknown ones by that word", () => {
    expect(summarize(here(present), "include", 1)).toMatchObject({
      visitors: 3,
      pages: { "/x": 2, "/": 1 },
      countries: { unknown: 1, DE: 2 },
      labels: { unknown: 1, human: 1, bot: 1 },
    });
  });

  it("shows the latest first, by id among those of one moment, and no more than are wanted", () => {
    expect(ids(summarize(here(present), "include", 3).sessions)).toEqual(["c", "a", "b"]);
    expect(ids(summarize(here(present), "include", 2).sessions)).toEqual(["c", "a"]);
    expect(ids(present)).toEqual(["b", "a", "c"]);
  });

  it("of all shards adds them up before it cuts anything", () => {
    const pages = Array.from({ length: REALTIME_TOP + 1 }, (_, i) =>
      presence(`p${i}`, { page: `/${String.fromCharCode(97 + i)}` }),
    );
    const other = [presence("z", { page: "/k", seen_at: T + 5 }), presence("y", { page: "/k", country: "FR" })];
    const merged = mergeSummaries(
      [pages, other].map((some) => summarize(here(some), "include", 2)),
      "include",
      3,
    );
    expect(merged.visitors).toBe(REALTIME_TOP + 3);
    // The one that is last in each shard by name is first of all, and the tenth takes the place of the eleventh.
    expect(merged.pages).toHaveLength(REALTIME_TOP);
    expect(merged.pages[0]).toEqual({ page: "/k", visitors: 3 });
    expect(merged.pages.slice(1).map(({ page }) => page)).toEqual([..."abcdefghi"].map((letter) => `/${letter}`));
    expect(merged.countries).toEqual([
      { country: "DE", visitors: REALTIME_TOP + 2 },
      { country: "FR", visitors: 1 },
    ]);
    expect(merged.labels).toEqual({ human: REALTIME_TOP + 3 });
    expect(ids(merged.sessions)).toEqual(["z", "p0", "p1"]);
  });

  it("of nobody is empty", () => {
    expect(mergeSummaries([summarize([], "exclude", 5)], "exclude", 5)).toEqual({
      visitors: 0,
      pages: [],
      countries: [],
      labels: {},
      sessions: [],
      bots: { mode: "exclude", excluded: 0 },
    });
  });
});

describe("people and their sessions", () => {
  const visitorOf = ({ session_id }: Presence) => session_id.slice(0, 1);
  const both = here([presence("a1", { page: "/x" }), presence("a2", { page: "/y" }), presence("b1")], visitorOf);

  it("are one each, in all and by what any of their sessions has", () => {
    expect(summarize(both, "include", 5)).toMatchObject({
      visitors: 2,
      pages: { "/x": 1, "/y": 1, "/": 1 },
      countries: { DE: 2 },
      labels: { human: 2 },
    });
    expect(summarize(both, "include", 5).sessions).toHaveLength(3);
  });

  it.each([
    ["exclude", 2, 1, ["a", "c"]],
    ["include", 3, 0, ["a", "b", "c"]],
    ["only", 1, 2, ["b"]],
  ] as const)("are bots or not as is asked: %s", (bots, visitors, excluded, sessions) => {
    const all = here([presence("a"), presence("b", { label: "bot" }), presence("c", { label: null })]);
    const merged = mergeSummaries([summarize(all, bots, 5)], bots, 5);
    expect(merged).toMatchObject({ visitors, bots: { mode: bots, excluded } });
    expect(ids(merged.sessions)).toEqual(sessions);
  });

  const stay = (session_id: string, started_at: number, active_at: number, more: Partial<Stay> = {}): Stay => ({
    who: "w",
    active_at,
    presence: { session_id, site: "a", started_at },
    ...more,
  });

  it("have left a session for a newer one on the site that began when it had done its last", () => {
    const newer = stay("n", 50, 60);
    expect(isLeftFor(stay("o", 10, 2_050), newer)).toBe(true);
    expect(isLeftFor(stay("o", 10, 2_051), newer)).toBe(false);
    expect(isLeftFor(stay("o", 10, 49), newer)).toBe(true);
    expect(isLeftFor(stay("o", 50, 50), newer)).toBe(false);
    expect(isLeftFor(stay("n", 10, 20), newer)).toBe(false);
    expect(isLeftFor(newer, stay("o", 10, 49))).toBe(false);
    expect(isLeftFor(stay("o", 10, 49, { who: "v" }), newer)).toBe(false);
    expect(isLeftFor(stay("o", 10, 49), stay("n", 50, 60, { is_claim: true }))).toBe(false);
    expect(isLeftFor(stay("o", 10, 49, { is_claim: true }), newer)).toBe(false);
    expect(isLeftFor(stay("o", 10, 49, { is_claim: true }), stay("n", 50, 60, { is_claim: true }))).toBe(true);
    expect(isLeftFor(stay("o", 10, 49, { who: null }), stay("n", 50, 60, { who: null }))).toBe(false);
    const elsewhere = { presence: { session_id: "o", site: "b", started_at: 10 } };
    expect(isLeftFor(stay("o", 10, 49, elsewhere), newer)).toBe(false);
  });
});

describe("the operator's figures", () => {
  const health = (more: Partial<Health> = {}): Health => ({
    flush_lag_ms: 0,
    journal_entries: 0,
    attempts: { d1: 0, r2: 0 },
    alarm_overdue_ms: 0,
    quarantined: 0,
    ...more,
  });
  const counted = { visitors: 7, reports: 9, refused: { a: 1 }, limits: {} };

  it("are sums, worst cases, and how many fail at what", () => {
    const all = [
      health({ flush_lag_ms: 5, journal_entries: 3, attempts: { d1: 2, r2: 0 }, quarantined: 1 }),
      health({ flush_lag_ms: 9, journal_entries: 4, attempts: { d1: 1, r2: 1 }, alarm_overdue_ms: 1 }),
      health({ alarm_overdue_ms: 8, quarantined: 2, shed: 5 }),
    ];
    expect(figuresOf(all, counted)).toEqual({
      ...counted,
      sessions: 3,
      journal_entries: 7,
      journal_entries_max: 4,
      flush_lag_ms_max: 9,
      retrying: { d1: 2, r2: 1 },
      attempts: { d1: 3, r2: 1 },
      alarms_overdue: 2,
      alarm_overdue_ms_max: 8,
      quarantined: 3,
      shed: 5,
    });
  });

  it("of no session are nought", () => {
    expect(figuresOf([], counted)).toMatchObject({ sessions: 0, journal_entries_max: 0, retrying: { d1: 0, r2: 0 } });
  });

  it("add up by name, an inherited name too", () => {
    const counts = { a: 1 };
    addCounts(counts, { a: 2, b: 3, toString: 4 });
    expect(counts).toEqual({ a: 3, b: 3, toString: 4 });
  });
});

describe("a session on the roster", () => {
  const head = newHead("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "a", T);
  const state = { ...newState(0), entry_page: "/entry", started_at: T, last_received_at: T + 5 };

  it("is on the page it is on now, or the one it began with", () => {
    expect(presenceOf(head, state)).toMatchObject({ page: "/entry", site: "a", country: null, seen_at: T + 5 });
    expect(presenceOf(head, { ...state, current_page: "/now" }).page).toBe("/now");
  });

  it("has no mark of its time before its first event", () => {
    expect(markOf(head, state)).toEqual({
      page: null,
      label: null,
      visitor: null,
      is_claim: false,
      ended: false,
      seen_at: null,
    });
    const identity = { visitor_id: "v", fingerprint_id: null, device_id: null, ip: null, asn: null, traits: {} };
    const later = { ...state, events: 1, current_page: "/now", ended_at: T };
    expect(markOf({ ...head, identity }, later)).toMatchObject({
      page: "/now",
      visitor: "v",
      ended: true,
      seen_at: T + 5,
    });
  });

  it("reports at the lines of a grid of its own", () => {
    const mark = (seen_at: number) => ({
      page: "/",
      label: null,
      visitor: null,
      is_claim: false,
      ended: false,
      seen_at,
    });
    const [first, second] = ["00000000", "00000001"].map((start) => `${start}-0000-4000-8000-000000000000`);
    const line = ROSTER_BEAT_MS * 10;
    expect(reasonFor(first ?? "", mark(line - 1), mark(line))).toBe("beat");
    expect(reasonFor(first ?? "", mark(line), mark(line + ROSTER_BEAT_MS - 1))).toBeNull();
    expect(reasonFor(second ?? "", mark(line - 1), mark(line))).toBeNull();
    expect(reasonFor(second ?? "", mark(line - 2), mark(line - 1))).toBe("beat");
  });

  it("is in the shard that the end of its id says, or of its visitor's hash", () => {
    expect(shardOf("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b0000", null)).toBe(0);
    expect(shardOf("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b001f", null)).toBe(15);
    expect(shardOf("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b1230", null)).toBe(0);
    expect(shardOf("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b0000", "0123456789abcdef0123456789abcd0e")).toBe(14);
    expect(allShards).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(shardName(3)).toBe("shard-3");
  });

  it("is found by its visitor's id, which cannot be read from it", async () => {
    const who = await whoIs("v");
    expect(who).toMatch(/^[0-9a-f]{32}$/);
    expect(await whoIs("v")).toBe(who);
    expect(await whoIs("w")).not.toBe(who);
    expect(await whoIs(null)).toBeNull();
  });
});
