import { describe, expect, it } from "vitest";
import { intake, type KnownSession } from "../../src/core/session/calls/intake";
import type { TrackCall } from "../../src/core/session/calls/track-call";
import { apply } from "../../src/core/session/fold/fold";
import { abandonedAt, FORM_ABANDONED_MS } from "../../src/core/session/fold/forms";
import type { SessionState } from "../../src/core/session/fold/state";
import type { EventInput } from "../../src/protocol/events";
import { callOf } from "../support/visit";

/** Acts that are delivered hours after they happened, by a page that was offline: what they say of time is their own. */

const ID = "11111111-2222-4333-8444-555555555555";
const NOW = 1_795_000_000_000;
const HOURS = 2 * 3_600_000;

/** What the identity actors answer of somebody who is new to them. */
const NOBODY = { fingerprint: null, address: null };

interface Delivery {
  /** When each act happened, ms after the first. */
  acts: number[];
  first?: number;
  stream?: string;
  ip?: string;
  type?: string;
}

/** What a session is after one more call, and after what the identity actors answer to it. */
function taken(known: KnownSession | null, call: TrackCall, now: number): KnownSession {
  if (call.batch) call.batch.sent_at = now;
  const intaken = intake(known, call, now, () => "minted");
  if (!intaken.ok) throw new Error(intaken.detail);
  const { head, state, entries } = intaken;
  for (const entry of entries) apply(state, entry);
  apply(state, { kind: "identity", seq: state.seq + 1, at: now, answer: NOBODY, version: 1, forms: 0 });
  return { head, state };
}

/** Calls, a second apart; what happened at 0 is two hours before the first of them. */
function delivered(...deliveries: Delivery[]): SessionState {
  let known: KnownSession | null = null;
  for (const [i, { acts, first = 1, stream = "s1", ip, type = "click" }] of deliveries.entries()) {
    const events = acts.map((at): EventInput => ({ event_type: type, timestamp: NOW - HOURS + at }));
    known = taken(known, callOf(ID, { stream, first, events, ...(ip !== undefined && { ip }) }), NOW + i * 1_000);
  }
  if (!known) throw new Error("nothing was delivered");
  return known.state;
}

const every5s = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i * 5_000);
const durationOf = ({ started_at, last_event_at }: SessionState) => (last_event_at ?? started_at) - started_at;

describe("acts of two hours ago", () => {
  it("are engaged for the 55 s that they took, in two batches", () => {
    const state = delivered({ acts: every5s(0, 6) }, { acts: every5s(30_000, 6), first: 7 });
    expect([state.engaged_ms, durationOf(state)]).toEqual([55_000, 55_000]);
    expect(state.started_at).toBe(NOW - HOURS);
    expect([state.cadence.n, Math.round(state.cadence.mean)]).toEqual([11, 5_000]);
    expect(state.velocity.peak).toBe(2);
  });

  it("are so from another address too", () => {
    const state = delivered(
      { acts: every5s(0, 5), ip: "203.0.113.0/24" },
      { acts: every5s(25_000, 5), first: 6, ip: "198.51.100.0/24" },
    );
    expect(state.network_changes).toBe(1);
    expect([state.engaged_ms, durationOf(state)]).toEqual([45_000, 45_000]);
  });

  it("are so when the first batch comes last", () => {
    const state = delivered(
      { acts: [0] },
      { acts: every5s(30_000, 6), first: 7 },
      { acts: every5s(5_000, 5), first: 2 },
    );
    expect([state.engaged_ms, durationOf(state)]).toEqual([55_000, 55_000]);
    expect(state.first_event_at).toBe(NOW - HOURS);
  });

  it("are so beside a page that is open now", () => {
    const state = delivered(
      { acts: every5s(0, 3) },
      { acts: [HOURS - 5_000, HOURS], stream: "s2" },
      { acts: every5s(15_000, 3), first: 4 },
    );
    // 0 to 25 s, the 15 s that the last act of the first page counts for, and 5 s now.
    expect(state.engaged_ms).toBe(25_000 + 15_000 + 5_000);
    expect(state.last_event_at).toBe(NOW);
  });

  it("end no sooner and no later than they did", () => {
    const events: EventInput[] = [{ event_type: "click", timestamp: NOW - HOURS }];
    const call = { ...callOf(ID, { events }), end: { timestamp: NOW - HOURS + 40_000 } };
    const { state } = taken(null, call, NOW);
    expect((state.ended_at ?? 0) - state.started_at).toBe(40_000);
  });

  it("leave a form open for half an hour from now, not from then", () => {
    const data = { form: "contact", field: "name" };
    const events: EventInput[] = [{ event_type: "form_focus", timestamp: NOW - HOURS, data }];
    expect(abandonedAt(taken(null, callOf(ID, { events }), NOW).state)).toBe(NOW + FORM_ABANDONED_MS);
  });

  it("make no quick form of a page that was opened since on another", () => {
    const state = delivered(
      { acts: [0], type: "page_view" },
      { acts: [HOURS], stream: "s2", type: "page_view" },
      { acts: [60_000], first: 2, type: "form_submit" },
    );
    expect(state.behaviour.submit_ms).toBe(60_000);
  });
});
