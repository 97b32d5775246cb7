import { describe, expect, it } from "vitest";
import { healthOf, isHere, ROSTER_TTL_MS } from "../../src/core/roster/entry";
import type { Schedule } from "../../src/core/session/deadline";
import { newState } from "../../src/core/session/fold/state";
import { newProgress } from "../../src/core/session/progress";

const T = 1_795_000_000_000;

type Waiting = Schedule & { alarm_at: number | null };

/** A session with two entries in its journal; D1's flush was due at T. */
function waiting(change: (one: Waiting) => void = () => {}): Waiting {
  const one: Waiting = {
    state: { ...newState(100), seq: 102, events: 1, started_at: T, last_received_at: T },
    progress: newProgress(100),
    flush_due: { d1: T, r2: T + 60_000 },
    standby: null,
    keys_due: null,
    writing: false,
    alarm_at: null,
  };
  change(one);
  return one;
}

describe("the health of a session", () => {
  it("says how long the oldest flush that is due has been due", () => {
    expect(healthOf(waiting(), T + 4_000).flush_lag_ms).toBe(4_000);
    const archive = waiting((one) => {
      one.flush_due = { d1: T + 5_000, r2: T + 1_000 };
    });
    expect(healthOf(archive, T + 4_000).flush_lag_ms).toBe(3_000);
  });

  it("counts a flush under way from the time of its plan", () => {
    const planned = waiting((one) => {
      one.progress.d1.plan = { lo: 101, hi: 102, at: T - 2_000, identity: 0, refused: [] };
    });
    expect(healthOf(planned, T + 4_000).flush_lag_ms).toBe(6_000);
  });

  it("has no lag before anything is due, and none when all is written", () => {
    expect(healthOf(waiting(), T - 1).flush_lag_ms).toBe(0);
    const written = waiting((one) => {
      one.progress.d1.through = 102;
      one.progress.r2.through = 102;
    });
    expect(healthOf(written, T + 90_000)).toMatchObject({ flush_lag_ms: 0, journal_entries: 0 });
  });

  it("counts the entries that one of the two stores still lacks", () => {
    expect(healthOf(waiting(), T).journal_entries).toBe(2);
    const half = waiting((one) => {
      one.progress.d1.through = 102;
      one.progress.r2.through = 101;
    });
    expect(healthOf(half, T).journal_entries).toBe(1);
  });

  it("says how long its alarm has been due, and what failed", () => {
    const late = waiting((one) => {
      one.alarm_at = T;
      one.progress.d1.attempts = 3;
      one.progress.r2.attempts = 1;
      one.progress.quarantined = 2;
    });
    expect(healthOf(late, T + 7_000)).toMatchObject({
      alarm_overdue_ms: 7_000,
      attempts: { d1: 3, r2: 1 },
      quarantined: 2,
    });
    expect(healthOf(late, T - 1).alarm_overdue_ms).toBe(0);
    expect(healthOf(waiting(), T + 7_000).alarm_overdue_ms).toBe(0);
  });
});

it("someone is here until nothing was heard of them for the roster's time", () => {
  expect(isHere({ seen_at: T }, T + ROSTER_TTL_MS - 1)).toBe(true);
  expect(isHere({ seen_at: T }, T + ROSTER_TTL_MS)).toBe(false);
});
