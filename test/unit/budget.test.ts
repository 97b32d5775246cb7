import { describe, expect, it } from "vitest";
import { chargeOf, chargeOfChunk } from "../../src/core/budget/charge";
import { hourly, levelAt, spend, waitFor } from "../../src/core/budget/level";
import { BUDGET_MAX_SENDERS, Senders } from "../../src/core/budget/senders";
import { isShed, SPENT_SESSION_BYTES, sessionAllowance, startWait } from "../../src/core/budget/site";
import { BUDGET_ADD_MS, Sites } from "../../src/core/budget/sites";
import { admitTypes, isFull, isSpent, SENDER_MAX_TYPES } from "../../src/core/budget/types";
import type { Entry } from "../../src/core/session/entry";
import {
  CHARGE_CALL_BYTES,
  CHARGE_CONSENT_BYTES,
  CHARGE_EVENT_BYTES,
  CHARGE_OBJECT_BYTES,
  SITE_MAX_TYPES,
} from "../../src/limits";

const NOW = Date.UTC(2026, 10, 30, 12);
const HOUR = 3_600_000;
const MB = 1_000_000;

describe("a level", () => {
  const allowance = { burst: 10 * MB, hour: 2 * MB };

  it("drains by the hour, and never below nothing", () => {
    const level = spend(undefined, 6 * MB, allowance, NOW);
    expect(levelAt(level, allowance, NOW + HOUR)).toBe(4 * MB);
    expect(levelAt(level, allowance, NOW + 9 * HOUR)).toBe(0);
    expect(spend(level, MB, allowance, NOW + HOUR)).toEqual({ bytes: 5 * MB, at: NOW + HOUR });
  });

  it("does not drain backwards where the clock has jumped back", () => {
    const level = spend(undefined, 6 * MB, allowance, NOW);
    expect(levelAt(level, allowance, NOW - HOUR)).toBe(6 * MB);
  });

  it("waits from the burst on until a sixth of an hour's has come back, and for at most an hour", () => {
    expect(waitFor(undefined, allowance, NOW)).toBe(0);
    expect(waitFor({ bytes: 10 * MB - 1, at: NOW }, allowance, NOW)).toBe(0);
    expect(waitFor({ bytes: 10 * MB, at: NOW }, allowance, NOW)).toBe(600);
    expect(waitFor({ bytes: 11 * MB, at: NOW }, allowance, NOW)).toBe(2_400);
    expect(waitFor({ bytes: 99 * MB, at: NOW }, allowance, NOW)).toBe(3_600);
    expect(waitFor({ bytes: 10 * MB, at: NOW }, { burst: 0, hour: 0 }, NOW)).toBe(3_600);
  });

  it("of an hour's bytes may have five hours' at once", () => {
    expect(hourly(MB)).toEqual({ burst: 5 * MB, hour: MB });
  });
});

describe("a call", () => {
  const entry = (kind: Entry["kind"]): Entry => ({ kind, seq: 1, at: NOW }) as Entry;

  it("counts its text, and each event as a kilobyte at least", () => {
    expect(chargeOf([], 0)).toBe(CHARGE_CALL_BYTES);
    expect(chargeOf([entry("event"), entry("event")], 300)).toBe(CHARGE_CALL_BYTES + 2 * CHARGE_EVENT_BYTES);
    expect(chargeOf([entry("event")], 100_000)).toBe(CHARGE_CALL_BYTES + 100_000);
  });

  it("counts what costs rows and objects beside its text", () => {
    expect(chargeOf([entry("consent")], 60)).toBe(CHARGE_CALL_BYTES + CHARGE_CONSENT_BYTES);
    expect(chargeOf([entry("identify")], 60)).toBe(CHARGE_CALL_BYTES + CHARGE_OBJECT_BYTES);
    const traits = { ...entry("event"), event_type: "identify" } as Entry;
    expect(chargeOf([traits], 60)).toBe(CHARGE_CALL_BYTES + CHARGE_OBJECT_BYTES);
    expect(chargeOfChunk(10)).toBe(CHARGE_CALL_BYTES + CHARGE_OBJECT_BYTES);
    expect(chargeOfChunk(100_000)).toBe(CHARGE_CALL_BYTES + 100_000);
  });
});

describe("a site's budget", () => {
  it("sheds the heaviest sessions first, and all of them well past its end", () => {
    const shedAt = (share: number) => [0, 63_999, 64_000, 250_000, MB, 4 * MB].filter((bytes) => isShed(share, bytes));
    expect(shedAt(0.49)).toEqual([]);
    expect(shedAt(0.5)).toEqual([4 * MB]);
    expect(shedAt(0.75)).toEqual([MB, 4 * MB]);
    expect(shedAt(0.9)).toEqual([250_000, MB, 4 * MB]);
    expect(shedAt(1)).toEqual([64_000, 250_000, MB, 4 * MB]);
    expect(shedAt(1.25)).toHaveLength(6);
  });

  it("leaves sessions what they may spend until it is spent twice", () => {
    expect(sessionAllowance(1.99, MB)).toEqual({ burst: 5 * MB, hour: MB });
    expect(sessionAllowance(2, MB)).toEqual({ burst: SPENT_SESSION_BYTES, hour: SPENT_SESSION_BYTES / 24 });
  });

  it("takes new sessions until it is spent, and then as much again as the day goes on", () => {
    const midnight = Date.UTC(2026, 10, 30);
    expect(startWait(0.99, midnight)).toBe(0);
    expect(startWait(1, midnight)).toBeGreaterThan(0);
    expect(startWait(1, midnight + 1)).toBe(0);
    // By noon half of the second budget is there.
    expect(startWait(1.49, NOW)).toBe(0);
    expect(startWait(1.5, NOW)).toBe(1);
    expect(startWait(1.51, NOW)).toBeCloseTo(0.01 * 86_400 + 1, -1);
    expect(startWait(1.51, NOW + startWait(1.51, NOW) * 1_000)).toBe(0);
    expect(startWait(5, NOW)).toBe(3_600);
    // With the day everything begins anew.
    expect(startWait(5, Date.UTC(2026, 10, 30, 23, 55))).toBe(300);
  });
});

describe("senders", () => {
  it("are told apart, and one that has spent its budget is news once", () => {
    const senders = new Senders();
    expect(senders.spend("a", 4 * MB, MB, NOW)).toEqual({ wait: 0, isNews: false });
    expect(senders.spend("a", MB, MB, NOW)).toEqual({ wait: 600, isNews: true });
    expect(senders.spend("a", MB, MB, NOW + 1_000)).toEqual({ wait: 599, isNews: false });
    expect(senders.spend("b", MB, MB, NOW)).toEqual({ wait: 0, isNews: false });
    expect(senders.wait("b", NOW)).toBe(0);
  });

  it("may send again when the wait is over", () => {
    const senders = new Senders();
    senders.spend("a", 5 * MB, MB, NOW);
    expect(senders.wait("a", NOW + 599_000)).toBe(1);
    expect(senders.wait("a", NOW + 600_000)).toBe(0);
    expect(senders.spend("a", 1_000, MB, NOW + 600_001)).toEqual({ wait: 0, isNews: false });
  });

  it("may send again after an hour and a little, whatever they have spent", () => {
    const senders = new Senders();
    for (let i = 0; i < 100; i++) senders.spend("a", 50 * MB, MB, NOW);
    expect(senders.wait("a", NOW)).toBe(3_600);
    const later = NOW + 3_600_001;
    expect(senders.spend("a", 1_000, MB, later).wait).toBeLessThanOrEqual(660);
    expect(senders.spend("a", 1_000, MB, later + 700_000).wait).toBe(0);
  });

  it("are let in where the clock has jumped back", () => {
    const senders = new Senders();
    senders.spend("a", 5 * MB, MB, NOW + 24 * HOUR);
    expect(senders.wait("a", NOW)).toBe(0);
  });

  it("that have spent more than an hour's are written down, and known again", () => {
    const senders = new Senders();
    senders.spend("much", 4 * MB, MB, NOW);
    senders.spend("little", 1_000, MB, NOW);
    const kept = senders.heavy(NOW, 10);
    expect(kept.map(([name]) => name)).toEqual(["much"]);
    expect(new Senders(kept).spend("much", MB, MB, NOW).isNews).toBe(true);
    expect(senders.heavy(NOW + 4 * HOUR, 10)).toEqual([]);
  });

  it("are as many as a shard has room for: the one not heard of for longest goes", () => {
    const senders = new Senders();
    senders.spend("first", 5 * MB, MB, NOW);
    senders.spend("second", 5 * MB, MB, NOW);
    for (let i = 0; i < BUDGET_MAX_SENDERS - 2; i++) senders.spend(`other ${i}`, 1, MB, NOW);
    senders.spend("first", 1, MB, NOW);
    senders.spend("one more", 1, MB, NOW);
    expect(senders.wait("first", NOW)).toBeGreaterThan(0);
    expect(senders.wait("second", NOW)).toBe(0);
  });
});

describe("sites, as a shard counts them", () => {
  it("add up what matters at once, and the rest within a minute", () => {
    const sites = new Sites();
    expect(sites.spend("shop", 500, 1_000_000, NOW)).toBeCloseTo(0.0005);
    expect(sites.due("shop", 1_000_000, NOW)).toBeNull();
    sites.spend("shop", 500, 1_000_000, NOW);
    expect(sites.due("shop", 1_000_000, NOW)).toEqual({ day: "2026-11-30", sums: { shop: 1_000 } });
    sites.spend("shop", 1, 1_000_000, NOW);
    expect(sites.due("shop", 1_000_000, NOW + BUDGET_ADD_MS - 1)).toBeNull();
    expect(sites.due("shop", 1_000_000, NOW + BUDGET_ADD_MS)).toEqual({ day: "2026-11-30", sums: { shop: 1 } });
    expect(sites.due("shop", 1_000_000, NOW + 2 * BUDGET_ADD_MS)).toBeNull();
  });

  it("learn what the others have counted, and keep what came since", () => {
    const sites = new Sites();
    sites.spend("shop", 1_000, 1_000_000, NOW);
    sites.due("shop", 1_000_000, NOW);
    sites.learn({ day: "2026-11-30", sums: { shop: 400_000, other: 1 } });
    expect(sites.spend("shop", 100_000, 1_000_000, NOW)).toBe(0.5);
  });

  it("begin anew with the day", () => {
    const sites = new Sites();
    sites.spend("shop", 900_000, 1_000_000, Date.UTC(2026, 10, 30, 23, 59, 59, 999));
    const tomorrow = Date.UTC(2026, 11, 1);
    expect(sites.spend("shop", 100_000, 1_000_000, tomorrow)).toBeCloseTo(0.1);
    sites.learn({ day: "2026-11-30", sums: { shop: 900_000 } });
    expect(sites.spend("shop", 0, 1_000_000, tomorrow)).toBeCloseTo(0.1);
  });
});

describe("a site's custom types", () => {
  const names = (count: number, of = "t") => Array.from({ length: count }, (_, i) => `${of}${i}`);
  const [YESTERDAY, TODAY, TOMORROW, LATER] = ["2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"] as const;

  it("are taken as long as there is room, and known ones always", () => {
    const first = admitTypes({}, names(SITE_MAX_TYPES - 1), TODAY, null);
    expect(first.refused).toEqual([]);
    expect(isFull(first.types)).toBe(false);
    const { types, refused } = admitTypes(first.types, ["t0", "new", "new", "newer"], TODAY, null);
    expect(refused).toEqual(["newer"]);
    expect(types["new"]).toBe(TODAY);
    expect(isFull(types)).toBe(true);
    expect(admitTypes(types, ["t5"], TODAY, null)).toEqual({ types, refused: [] });
  });

  it("make room where they were seen neither today nor the day before", () => {
    const { types } = admitTypes(admitTypes({}, names(SITE_MAX_TYPES), YESTERDAY, null).types, ["t0"], TODAY, null);
    expect(admitTypes(types, ["new"], TODAY, null).refused).toEqual(["new"]);
    const next = admitTypes(types, ["a", "b"], TOMORROW, null);
    expect(next.refused).toEqual([]);
    expect(Object.keys(next.types)).toHaveLength(SITE_MAX_TYPES);
    expect(next.types).toMatchObject({ a: TOMORROW, b: TOMORROW, t0: TODAY });
    expect(Object.keys(admitTypes(next.types, names(SITE_MAX_TYPES, "x"), LATER, null).types)).not.toContain("t0");
  });

  it("are named as they come, whatever objects have by themselves", () => {
    expect(admitTypes({}, ["constructor", "to_string"], TODAY, null).types).toEqual({
      constructor: TODAY,
      to_string: TODAY,
    });
  });

  it("come first from one network's bucket up to its share, which others and servers with a key do not have", () => {
    const { types, refused } = admitTypes({}, names(SENDER_MAX_TYPES + 2), TODAY, 7);
    expect(Object.keys(types)).toHaveLength(SENDER_MAX_TYPES);
    expect(refused).toEqual([`t${SENDER_MAX_TYPES}`, `t${SENDER_MAX_TYPES + 1}`]);
    expect([isSpent(types, 7, TODAY), isSpent(types, 8, TODAY), isSpent(types, null, TODAY)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(admitTypes(types, ["t0", "other"], TODAY, 7).refused).toEqual(["other"]);
    expect(admitTypes(types, ["other"], TODAY, 8).refused).toEqual([]);
    expect(admitTypes(types, names(SITE_MAX_TYPES), TODAY, null).refused).toEqual([]);
  });

  it("count for the bucket they came from first, whoever else sends them, until they are forgotten", () => {
    const first = admitTypes({}, names(SENDER_MAX_TYPES), YESTERDAY, 7).types;
    const again = admitTypes(first, names(SENDER_MAX_TYPES), TODAY, 8).types;
    expect([isSpent(again, 7, TODAY), isSpent(again, 8, TODAY)]).toEqual([true, false]);
    // Those that nobody has sent since are no part of the share.
    expect(isSpent(first, 7, TOMORROW)).toBe(false);
    expect(admitTypes(first, ["new"], TOMORROW, 7).refused).toEqual([]);
    expect(again["t0"]).toEqual([TODAY, 7]);
    expect(admitTypes({ old: TODAY }, ["old"], TOMORROW, 7).types).toEqual({ old: TOMORROW });
  });
});
