import { describe, expect, it } from "vitest";
import {
  counterOf,
  fingerprintRow,
  forget,
  hasCounter,
  IDENTITY_WINDOW_MS,
  type IdentityRecord,
  isForgotten,
  makeNotable,
  markAll,
  newRecord,
  type Sighting,
  sessionsIn,
  settle,
  take,
  windowOf,
  workOf,
} from "../../src/core/identity/record";
import { IDENTITY_COUNTER_MS } from "../../src/limits";
import { T0 } from "../support/log";

const HOME = "203.0.113.0/24";

const sighting = (session: string, more: Partial<Sighting> = {}): Sighting => ({
  v: 1,
  kind: "fingerprint",
  value: "f-1",
  key: "k/shop",
  session_id: session,
  fingerprint_id: "f-1",
  forms: 0,
  counts: true,
  ip: HOME,
  asn: 3320,
  country: "DE",
  ...more,
});

/** A record that has taken these sightings, a second apart. */
function taken(...sightings: Sighting[]): IdentityRecord {
  const record = newRecord("fingerprint", "f-1", T0);
  sightings.forEach((one, i) => {
    take(record, one, T0 + i * 1_000);
  });
  return record;
}

const sessionsOf = (record: IdentityRecord) => record.seen.map(({ session_id }) => session_id);

describe("a session that withdraws", () => {
  it("takes along its count, and the places that rest on it alone", () => {
    const record = taken(sighting("s-1"), sighting("s-1", { ip: "x" }), sighting("s-1", { ip: "y" }), sighting("s-2"));
    settle(record, workOf(record), true);
    forget(record, "s-1", T0 + 9_000);
    expect(record).toMatchObject({ sessions: 1, row_changed: true, counter_changed: true, counter: { sessions: 1 } });
    expect(sessionsOf(record)).toEqual(["s-2"]);
    expect(record.edges).toMatchObject([{ ip: HOME, sessions: 1 }]);
    expect(record.gone.map(({ ip }) => ip)).toEqual(["x", "y"]);
    expect(isForgotten(record)).toBe(false);
    forget(record, "s-2", T0 + 9_000);
    expect(isForgotten(record)).toBe(true);
  });

  it("has nothing written that is to be deleted", () => {
    const record = taken(sighting("s-1"), sighting("s-2", { ip: "x" }));
    forget(record, "s-2", T0);
    expect(record.changed).toEqual([`${HOME} 3320 DE`]);
  });

  it("that is not known changes nothing", () => {
    const record = taken(sighting("s-1"));
    settle(record, workOf(record), true);
    const before = structuredClone(record);
    forget(record, "s-2", T0);
    expect(record).toEqual(before);
  });

  it("leaves a counter alone whose time is over", () => {
    const record = taken(sighting("s-1"), sighting("s-2"));
    record.counter_changed = false;
    forget(record, "s-1", T0 + IDENTITY_COUNTER_MS);
    expect(record).toMatchObject({ counter: { sessions: 2 }, counter_changed: false });
    forget(record, "s-2", T0 + IDENTITY_COUNTER_MS - 1);
    expect(record).toMatchObject({ counter: { sessions: 1 }, counter_changed: true });
  });

  it("never brings a count below nought", () => {
    const record = taken(sighting("s-1", { counts: false }), sighting("s-2"));
    record.sessions = 0;
    forget(record, "s-1", T0);
    forget(record, "s-2", T0);
    expect(record).toMatchObject({ sessions: 0, counter: { sessions: 0 } });
  });

  it("may never have moved a counter", () => {
    const record = taken(sighting("s-1", { counts: false }));
    forget(record, "s-1", T0);
    expect(record).toMatchObject({ sessions: 0, counter: null, counter_changed: false });
  });
});

describe("work for the stores", () => {
  it("is what has changed, and stays until it is done", () => {
    const record = taken(sighting("s-1"), sighting("s-2", { ip: "x" }));
    forget(record, "s-2", T0);
    const work = workOf(record);
    expect(work).toMatchObject({ changed: [{ ip: HOME }], gone: [{ ip: "x" }] });
    expect(workOf(record)).toEqual(work);
    settle(record, work, true);
    expect(record).toMatchObject({ row_changed: false, changed: [], gone: [] });
    expect(workOf(record)).toEqual({ changed: [], gone: [] });
  });

  it("keeps what is gone as long as an earlier write may bring it back", () => {
    const record = taken(sighting("s-1", { ip: "x" }), sighting("s-2"));
    forget(record, "s-1", T0);
    settle(record, workOf(record), false);
    expect(record.gone).toHaveLength(1);
    settle(record, workOf(record), true);
    expect(record.gone).toEqual([]);
  });

  it("leaves what has gone since it was begun", () => {
    const record = taken(sighting("s-1", { ip: "x" }), sighting("s-2", { ip: "y" }), sighting("s-3"));
    forget(record, "s-1", T0);
    const work = workOf(record);
    forget(record, "s-2", T0);
    settle(record, work, true);
    expect(record.gone.map(({ ip }) => ip)).toEqual(["y"]);
  });

  it("is all of it once a store has lost what it had", () => {
    const record = taken(sighting("s-1"), sighting("s-2", { ip: "x" }));
    settle(record, workOf(record), true);
    markAll(record);
    expect(record.row_changed).toBe(true);
    expect(workOf(record).changed.map(({ ip }) => ip)).toEqual([HOME, "x"]);
  });

  it("is there after a sighting that says something new, and the stores outside need not hear of another", () => {
    const record = newRecord("fingerprint", "f-1", T0);
    expect(take(record, sighting("s-1"), T0)).toBe(true);
    expect(take(record, sighting("s-1", { forms: 3 }), T0)).toBe(false);
    expect(take(record, sighting("s-1", { ip: "x" }), T0)).toBe(true);
  });
});

describe("a counter", () => {
  const counted = (sessions: number, expires_at: number): IdentityRecord => ({
    ...newRecord("address", HOME, T0),
    counter: { sessions, expires_at },
  });

  it("is of all the groups of an address together, until the first of their windows ends", () => {
    const records = [counted(2, T0 + 5_000), counted(3, T0 + 1_000), newRecord("address", HOME, T0)];
    expect(counterOf(records, T0)).toEqual({ sessions: 5, expires_at: T0 + 1_000 });
    expect(counterOf(records, T0 + 1_000)).toEqual({ sessions: 2, expires_at: T0 + 5_000 });
  });

  it("is none where nobody is left in a window", () => {
    expect(counterOf([], T0)).toBeNull();
    expect(counterOf([counted(0, T0 + 1)], T0)).toBeNull();
    expect(counterOf([counted(4, T0)], T0)).toBeNull();
  });
});

describe("the window", () => {
  it("counts each thing once, and the most forms of each session", () => {
    const record = taken(
      sighting("s-1", { forms: 2 }),
      sighting("s-1", { forms: 1, ip: "x", asn: 1, country: "FR", fingerprint_id: "f-2" }),
      sighting("s-2", { forms: 3 }),
    );
    expect(windowOf(record, T0 + 3_000)).toEqual({
      sessions: 2,
      addresses: 2,
      networks: 2,
      countries: 2,
      fingerprints: 2,
      forms: 5,
      capped: false,
    });
  });

  it("does not count what is not known", () => {
    const record = taken(sighting("s-1", { ip: null, asn: null, country: null, fingerprint_id: null }));
    expect(windowOf(record, T0)).toEqual({
      sessions: 1,
      addresses: 0,
      networks: 0,
      countries: 0,
      fingerprints: 0,
      forms: 0,
      capped: false,
    });
  });

  it("ends after a day, for what is in it and for what was left out of it", () => {
    const record = taken(sighting("s-1"));
    record.dropped_at = T0;
    expect(windowOf(record, T0 + IDENTITY_WINDOW_MS - 1)).toMatchObject({ sessions: 1, capped: true });
    expect(windowOf(record, T0 + IDENTITY_WINDOW_MS)).toMatchObject({ sessions: 0, capped: false });
  });
});

it("a fingerprint's row counts its places, those that are known", () => {
  const record = taken(
    sighting("s-1"),
    sighting("s-2", { country: "FR" }),
    sighting("s-3", { ip: "x", asn: 1, country: null }),
    sighting("s-4", { ip: "y", asn: null }),
  );
  expect(fingerprintRow(record)).toEqual({
    fingerprint_id: "f-1",
    first_seen_at: T0,
    last_seen_at: T0 + 3_000,
    sessions: 4,
    ips: 3,
    asns: 2,
    countries: 2,
  });
});

describe("an identity of a site with notable counters only", () => {
  const quiet = (session: string): Sighting => sighting(session, { kv: "notable" });

  it("has a counter that KV does not hear of, also when a session withdraws", () => {
    const record = taken(quiet("a"), quiet("b"));
    expect(record).toMatchObject({ counter: { sessions: 2, quiet: true }, counter_changed: false });
    expect(hasCounter(record, T0)).toBe(false);
    expect(counterOf([record], T0)).toBeNull();
    expect(sessionsIn([record], T0)).toBe(2);
    forget(record, "a", T0);
    expect(record).toMatchObject({ counter: { sessions: 1 }, counter_changed: false });
  });

  it("has one that KV hears of once it is notable, and from then on with each session", () => {
    const record = taken(quiet("a"));
    expect(makeNotable(record)).toBe(true);
    expect(makeNotable(record)).toBe(false);
    expect(counterOf([record], T0)).toMatchObject({ sessions: 1 });
    take(record, quiet("b"), T0);
    expect(record).toMatchObject({ counter: { sessions: 2 }, counter_changed: true });
    expect(record.counter).not.toHaveProperty("quiet");
  });

  it("has one that KV hears of where a site with all counters has a part in it", () => {
    const record = taken(quiet("a"), sighting("b"), quiet("c"));
    expect(record).toMatchObject({ counter: { sessions: 3 }, counter_changed: true });
    const other = taken(quiet("d"));
    expect(counterOf([record, other], T0)).toMatchObject({ sessions: 4 });
  });

  it("is quiet again in the next window", () => {
    const record = taken(sighting("a"));
    record.counter_changed = false;
    take(record, quiet("b"), T0 + IDENTITY_COUNTER_MS + 1);
    expect(record).toMatchObject({ counter: { sessions: 1, quiet: true }, counter_changed: false });
  });
});
