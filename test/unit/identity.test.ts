import { describe, expect, it } from "vitest";
import {
  forget,
  IDENTITY_MAX_EDGES,
  IDENTITY_MAX_SIGHTINGS,
  IDENTITY_WINDOW_MS,
  type IdentityRecord,
  newRecord,
  type Sighting,
  settle,
  take,
  windowOf,
  workOf,
} from "../../src/core/identity/record";
import { IDENTITY_KEPT_MS } from "../../src/limits";
import { T0 } from "../support/log";

const CAP = IDENTITY_MAX_SIGHTINGS;

const sighting = (session: string, more: Partial<Sighting> = {}): Sighting => ({
  v: 1,
  kind: "fingerprint",
  value: "f-1",
  key: "k/shop",
  session_id: session,
  fingerprint_id: "f-1",
  forms: 0,
  counts: true,
  ip: "203.0.113.0/24",
  asn: 3320,
  country: "DE",
  ...more,
});

/** A record with as many sessions, a second apart. */
function crowd(count: number, more: (i: number) => Partial<Sighting> = () => ({}), from = T0): IdentityRecord {
  const record = newRecord("fingerprint", "f-1", from);
  for (let i = 0; i < count; i++) take(record, sighting(`s-${i}`, more(i)), from + i * 1_000);
  return record;
}

describe("an identity's window", () => {
  it("is exact up to the cap, and moves with the time", () => {
    const record = crowd(CAP, (i) => ({
      ip: `h:${i % 7}`,
      asn: i % 5,
      country: ["DE", "US"][i % 2] ?? null,
      forms: i % 2,
    }));
    const now = T0 + CAP * 1_000;
    const all = {
      sessions: CAP,
      addresses: 7,
      networks: 4,
      countries: 2,
      fingerprints: 1,
      forms: CAP / 2,
      capped: false,
    };
    expect(windowOf(record, now)).toEqual(all);
    expect(windowOf(record, T0 + IDENTITY_WINDOW_MS + 100_000).sessions).toBe(CAP - 101);
    expect(windowOf(record, now + IDENTITY_WINDOW_MS).sessions).toBe(0);
  });

  it("says that it is capped to whoever asks, for as long as what was left out would count", () => {
    const record = crowd(CAP + 1);
    const dropped = T0 + CAP * 1_000;
    // A session that is remembered asks again.
    take(record, sighting("s-0"), dropped + 5_000);
    expect(windowOf(record, dropped + 5_000)).toMatchObject({ sessions: CAP, capped: true });
    expect(windowOf(record, dropped + IDENTITY_WINDOW_MS).capped).toBe(false);
  });

  it("of a crowd that came yesterday does not hide what comes today", () => {
    const record = crowd(CAP, (i) => ({ ip: `h:${i}` }));
    const today = T0 + IDENTITY_WINDOW_MS + CAP * 1_000;
    expect(today).toBeLessThan(T0 + IDENTITY_KEPT_MS);
    for (let i = 0; i < 10; i++) take(record, sighting(`t-${i}`, { ip: `t:${i}`, forms: 1 }), today + i);
    expect(windowOf(record, today + 10)).toMatchObject({ sessions: 10, addresses: 10, forms: 10, capped: false });
    expect(record.seen).toHaveLength(CAP);
    expect(record.edges.length).toBeLessThanOrEqual(IDENTITY_MAX_EDGES);
    // Whoever made way may withdraw still, so their places leave D1 with them.
    expect(record.gone.map(({ ip }) => ip)).toEqual(Array.from({ length: 10 }, (_, i) => `h:${i}`));
    const places = new Set(record.seen.map(({ ip }) => ip));
    expect(record.edges.filter(({ ip }) => !places.has(ip))).toEqual([]);
  });

  it("of idle sessions does not hide the forms that come after them", () => {
    const record = crowd(CAP);
    for (let i = 0; i < 8; i++) take(record, sighting(`spam-${i}`, { forms: 1 }), T0 + (CAP + i) * 1_000);
    expect(windowOf(record, T0 + (CAP + 8) * 1_000)).toMatchObject({ sessions: CAP, forms: 8, capped: true });
  });

  it("stays bounded while D1 does not answer, however long and whatever comes", () => {
    const record = crowd(CAP, (i) => ({ ip: `h:${i}` }));
    for (let day = 1; day < 12; day++) {
      const at = T0 + day * (IDENTITY_WINDOW_MS + 600_000);
      for (let i = 0; i < CAP; i++) take(record, sighting(`d${day}-${i}`, { ip: `d${day}:${i}` }), at + i);
    }
    expect(record.seen.length).toBeLessThanOrEqual(CAP);
    expect(record.edges.length).toBeLessThanOrEqual(IDENTITY_MAX_EDGES);
    expect(record.gone.length).toBeLessThanOrEqual(CAP + IDENTITY_MAX_EDGES);
    settle(record, workOf(record), true);
    expect(record.gone).toEqual([]);
  });

  it("forgets a session that withdraws, and keeps the places that others share", () => {
    const record = crowd(3, (i) => ({ ip: i === 1 ? "192.0.2.0/24" : "203.0.113.0/24" }));
    forget(record, "s-1", T0 + 5_000);
    forget(record, "s-0", T0 + 5_000);
    expect(record.gone.map(({ ip }) => ip)).toEqual(["192.0.2.0/24"]);
    expect(record.edges.map(({ ip, sessions }) => [ip, sessions])).toEqual([["203.0.113.0/24", 1]]);
    expect(JSON.stringify(record.seen)).not.toMatch(/s-[01]/);
  });
});
