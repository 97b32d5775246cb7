import { describe, expect, it } from "vitest";
import {
  forget,
  IDENTITY_MAX_EDGES,
  IDENTITY_MAX_SIGHTINGS,
  IDENTITY_WINDOW_MS,
  type IdentityRecord,
  keyOf,
  newRecord,
  type SeenSession,
  type Sighting,
  settle,
  take,
  workOf,
} from "../../src/core/identity/record";
import { IDENTITY_COUNTER_MS, IDENTITY_KEPT_MS } from "../../src/limits";
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

/** A record as full as it gets, all of them at `T0`. */
function full(more: (i: number) => Partial<Sighting> = () => ({})): IdentityRecord {
  const record = newRecord("fingerprint", "f-1", T0);
  for (let i = 0; i < IDENTITY_MAX_SIGHTINGS; i++) take(record, sighting(`s-${i}`, more(i)), T0);
  return record;
}

const seenAt = (session_id: string, more: Partial<SeenSession> = {}): SeenSession => ({
  session_id,
  ip: HOME,
  asn: 3320,
  country: "DE",
  fingerprint_id: "f-1",
  forms: 0,
  at: T0,
  ...more,
});

const sessionsOf = (record: IdentityRecord) => record.seen.map(({ session_id }) => session_id);

describe("a first sighting", () => {
  it("counts, is remembered, and has its place to be written", () => {
    const edge = { ip: HOME, asn: 3320, country: "DE", first_seen_at: T0, last_seen_at: T0, sessions: 1 };
    expect(taken(sighting("s-1", { forms: 2 }))).toEqual({
      ...newRecord("fingerprint", "f-1", T0),
      sessions: 1,
      seen: [seenAt("s-1", { forms: 2 })],
      edges: [edge],
      row_changed: true,
      changed: [keyOf(edge)],
      counter_changed: true,
      counter: { sessions: 1, expires_at: T0 + IDENTITY_COUNTER_MS },
    });
  });

  it("has nothing for what is not known", () => {
    const unknown = { fingerprint_id: null, asn: null, country: null };
    expect(taken(sighting("s-1", unknown)).seen).toEqual([seenAt("s-1", { asn: 0, country: "", fingerprint_id: "" })]);
    expect(taken(sighting("s-1", { ip: null })).edges).toEqual([]);
    expect(taken(sighting("s-1", { ip: null })).seen).toEqual([seenAt("s-1", { ip: "" })]);
  });

  it("of an address notes no place: that is its own", () => {
    const record = newRecord("address", HOME, T0);
    take(record, sighting("s-1", { kind: "address" }), T0);
    expect(record).toMatchObject({ sessions: 1, edges: [], changed: [], row_changed: true });
  });

  it("leaves the counter alone where it does not count", () => {
    expect(taken(sighting("s-1", { counts: false }))).toMatchObject({
      sessions: 1,
      counter: null,
      counter_changed: false,
      row_changed: true,
    });
  });
});

describe("a sighting of a session that is known", () => {
  it("at the same place changes nothing but its time, its forms and its fingerprint", () => {
    const record = taken(sighting("s-0"), sighting("s-1", { forms: 2, fingerprint_id: null }));
    settle(record, workOf(record), true);
    record.counter_changed = false;
    const before = record.seen;
    take(record, sighting("s-1", { forms: 1 }), T0 + 5_000);
    expect(record.seen).toEqual([seenAt("s-0"), seenAt("s-1", { forms: 2, at: T0 + 5_000 })]);
    // Another list, so that whoever holds the old one sees that it changed.
    expect(record.seen).not.toBe(before);
    take(record, sighting("s-1", { forms: 3, fingerprint_id: null }), T0 + 6_000);
    expect(record.seen[1]).toEqual(seenAt("s-1", { forms: 3, at: T0 + 6_000 }));
    expect(record).toMatchObject({ sessions: 2, row_changed: false, changed: [], counter_changed: false });
    expect(record.edges).toMatchObject([{ sessions: 2 }]);
    expect(record.last_seen_at).toBe(T0 + 6_000);
  });

  it.each([{ ip: "192.0.2.0/24" }, { asn: 1 }, { country: "FR" }])(
    "at another place is remembered too: %j",
    (other) => {
      const record = taken(sighting("s-1"), sighting("s-1", other));
      expect(record).toMatchObject({ sessions: 1, counter: { sessions: 1 } });
      expect(record.seen).toHaveLength(2);
      expect(record.edges).toMatchObject([{ sessions: 1 }, { ...other, sessions: 1, first_seen_at: T0 + 1_000 }]);
    },
  );

  it("and late does not turn the time back", () => {
    const record = taken(sighting("s-1"));
    take(record, sighting("s-2"), T0 - 5_000);
    expect(record.last_seen_at).toBe(T0);
  });
});

describe("a place", () => {
  it("that others were at already grows, and is written once more", () => {
    const record = taken(sighting("s-1"), sighting("s-2"));
    expect(record.edges).toMatchObject([{ sessions: 2, first_seen_at: T0, last_seen_at: T0 + 1_000 }]);
    expect(record.changed).toHaveLength(1);
    settle(record, workOf(record), true);
    take(record, sighting("s-3"), T0 + 2_000);
    expect(record).toMatchObject({ row_changed: true, changed: [`${HOME} 3320 DE`] });
  });

  it("more than there is room for is not noted, and those that are still grow", () => {
    const record = newRecord("fingerprint", "f-1", T0);
    for (let i = 0; i <= IDENTITY_MAX_EDGES; i++) take(record, sighting(`s-${i}`, { ip: `a${i}` }), T0);
    expect(record.edges).toHaveLength(IDENTITY_MAX_EDGES);
    expect(record.edges.at(-1)?.ip).toBe(`a${IDENTITY_MAX_EDGES - 1}`);
    expect(record.seen).toHaveLength(IDENTITY_MAX_EDGES + 1);
    take(record, sighting("more", { ip: "a0" }), T0);
    expect(record.edges[0]).toMatchObject({ ip: "a0", sessions: 2 });
  });

  it("that comes back before it was deleted is deleted no more", () => {
    const record = taken(sighting("s-1", { ip: "x" }), sighting("s-2", { ip: "y" }));
    forget(record, "s-1", T0);
    forget(record, "s-2", T0);
    expect(record.gone.map(({ ip }) => ip)).toEqual(["x", "y"]);
    take(record, sighting("s-3", { ip: "x" }), T0);
    expect(record.gone.map(({ ip }) => ip)).toEqual(["y"]);
  });
});

describe("the counter", () => {
  it("counts in a window of its own, and begins anew at its end", () => {
    const record = taken(sighting("s-1"));
    take(record, sighting("s-2"), T0 + IDENTITY_COUNTER_MS - 1);
    expect(record.counter).toEqual({ sessions: 2, expires_at: T0 + IDENTITY_COUNTER_MS });
    take(record, sighting("s-3"), T0 + IDENTITY_COUNTER_MS);
    expect(record.counter).toEqual({ sessions: 1, expires_at: T0 + 2 * IDENTITY_COUNTER_MS });
  });
});

describe("a full record", () => {
  it("remembers nothing more of those that count as much, and says when", () => {
    const record = full();
    expect(record.dropped_at).toBeUndefined();
    take(record, sighting("late"), T0 + 1);
    expect(sessionsOf(record)).not.toContain("late");
    expect(record).toMatchObject({ sessions: IDENTITY_MAX_SIGHTINGS + 1, dropped_at: T0 + 1 });
  });

  it("lets go of all that is too old to be kept", () => {
    const record = full();
    take(record, sighting("late"), T0 + IDENTITY_KEPT_MS);
    expect(sessionsOf(record)).toEqual(["late"]);
    expect(record.dropped_at).toBeUndefined();
  });

  it("lets go of one only while they are kept, the first of those that count no more", () => {
    const record = full();
    take(record, sighting("late"), T0 + IDENTITY_KEPT_MS - 1);
    expect(record.seen).toHaveLength(IDENTITY_MAX_SIGHTINGS);
    expect(sessionsOf(record)).not.toContain("s-0");
    expect(sessionsOf(record)).toContain("s-1");
    expect(sessionsOf(record).at(-1)).toBe("late");
  });

  it("lets go of one from the end of the window on, without a word, for it counts no more", () => {
    const before = full();
    take(before, sighting("late"), T0 + IDENTITY_WINDOW_MS - 1);
    expect(before.dropped_at).toBe(T0 + IDENTITY_WINDOW_MS - 1);
    const record = full();
    take(record, sighting("late"), T0 + IDENTITY_WINDOW_MS);
    expect(sessionsOf(record)).toContain("late");
    expect(record.dropped_at).toBeUndefined();
    expect(record.edges).toMatchObject([{ sessions: IDENTITY_MAX_SIGHTINGS }]);
  });

  it("lets the first session without a form go for one with a form, and says so", () => {
    const record = full((i) => ({ forms: i < 3 ? 1 : 0 }));
    take(record, sighting("form", { forms: 1 }), T0 + 1);
    expect(sessionsOf(record).slice(0, 4)).toEqual(["s-0", "s-1", "s-2", "s-4"]);
    expect(sessionsOf(record).at(-1)).toBe("form");
    expect(record.dropped_at).toBe(T0 + 1);
  });

  it("keeps those with forms for one with a form", () => {
    const record = full(() => ({ forms: 1 }));
    take(record, sighting("form", { forms: 5 }), T0 + 1);
    expect(sessionsOf(record)).not.toContain("form");
    expect(record.dropped_at).toBe(T0 + 1);
  });

  it("makes no room while as many places wait to be deleted", () => {
    const record = full();
    const edge = { ip: "x", asn: 0, country: "", first_seen_at: T0, last_seen_at: T0, sessions: 0 };
    record.gone = Array.from({ length: IDENTITY_MAX_SIGHTINGS }, (_, i) => ({ ...edge, ip: `g${i}` }));
    take(record, sighting("late"), T0 + IDENTITY_WINDOW_MS);
    expect(sessionsOf(record)).not.toContain("late");
    record.gone.pop();
    take(record, sighting("later"), T0 + IDENTITY_WINDOW_MS);
    expect(sessionsOf(record)).toContain("later");
  });
});
