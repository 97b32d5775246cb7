import { describe, expect, it } from "vitest";
import { ALONG_MS, ARCHIVE_MS, FLUSH_MS, IDLE_MS, LINGER_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "../../src/limits";
import { backoff, flushAt, nextDeadline, type Schedule, storesDue } from "../../src/session/deadline";
import { newProgress } from "../../src/session/progress";
import { newState } from "../../src/session/state";

const T = 1_795_000_000_000;

/** A session with one event in its journal, due to be flushed at T + 3 s. */
function schedule(change: (schedule: Schedule) => void = () => {}): Schedule {
  const state = { ...newState(100), seq: 102, events: 1, started_at: T, last_received_at: T };
  const made: Schedule = {
    state,
    progress: newProgress(100),
    flush_due: { d1: T + 3_000, r2: T + 3_000 },
    standby: null,
    writing: false,
  };
  change(made);
  return made;
}

const written = ({ progress, state }: Schedule): void => {
  progress.d1.through = state.seq;
  progress.r2.through = state.seq;
};

describe("the deadline", () => {
  it("is the flush while something waits to be written", () => {
    expect(nextDeadline(schedule())).toBe(T + 3_000);
  });

  it("is the idle limit once everything is written", () => {
    expect(nextDeadline(schedule(written))).toBe(T + IDLE_MS);
  });

  it("is the end of the linger once an ended session is written", () => {
    const ended = schedule((one) => {
      written(one);
      one.state.ended_at = T;
      one.state.end_taken_at = T + 5;
    });
    expect(nextDeadline(ended)).toBe(T + 5 + LINGER_MS);
  });

  it("does not let a linger pass while a store is behind", () => {
    const behind = schedule((one) => {
      one.state.ended_at = T;
      one.state.end_taken_at = T;
      one.progress.d1.through = one.state.seq;
      one.progress.r2 = { ...one.progress.r2, attempts: 30, retry_at: T + 2 * LINGER_MS };
    });
    expect(nextDeadline(behind)).toBe(T + 2 * LINGER_MS);
  });

  it("waits for a failing store's retry without holding the other store", () => {
    const half = schedule((one) => {
      one.progress.d1 = { ...one.progress.d1, attempts: 3, retry_at: T + 60_000 };
    });
    expect(nextDeadline(half)).toBe(T + 3_000);
    half.progress.r2.through = half.state.seq;
    expect(nextDeadline(half)).toBe(T + 60_000);
  });

  it("ignores plans that are being written, but not what came after them", () => {
    const writing = schedule((one) => {
      one.writing = true;
      const plan = { lo: 101, hi: 102, at: T, identity: 0, refused: [] };
      one.progress.d1.plan = plan;
      one.progress.r2.plan = plan;
    });
    expect(nextDeadline(writing)).toBe(T + IDLE_MS);
    writing.state.seq = 103;
    expect(nextDeadline(writing)).toBe(T + 3_000);
  });

  it("is the other store's flush while one store's plan is being written", () => {
    const writing = schedule((one) => {
      one.writing = true;
      one.flush_due = { d1: null, r2: T + 20_000 };
      one.progress.d1.plan = { lo: 101, hi: 102, at: T, identity: 0, refused: [] };
    });
    expect(nextDeadline(writing)).toBe(T + 20_000);
    writing.progress.r2 = { ...writing.progress.r2, attempts: 2, retry_at: T + 9_000 };
    expect(nextDeadline(writing)).toBe(T + 9_000);
  });

  it("is at once when a plan was left behind by a process that died", () => {
    const left = schedule((one) => {
      one.flush_due = { d1: null, r2: null };
      one.progress.d1.plan = { lo: 101, hi: 102, at: T, identity: 0, refused: [] };
      one.progress.r2.through = one.state.seq;
    });
    expect(nextDeadline(left)).toBe(0);
  });

  it("is the sooner of the two stores'", () => {
    const lagging = schedule((one) => {
      one.flush_due = { d1: T + 30_000, r2: T + 20_000 };
    });
    expect(nextDeadline(lagging)).toBe(T + 20_000);
    lagging.progress.r2.through = lagging.state.seq;
    expect(nextDeadline(lagging)).toBe(T + 30_000);
  });

  it("forgets a session that never sent an event at the idle limit", () => {
    expect(nextDeadline(schedule((one) => Object.assign(one.state, { events: 0 })))).toBe(T + IDLE_MS);
  });
});

describe("the stores that are written", () => {
  it("are those that are due, and with them those that are due soon", () => {
    const both = schedule((one) => {
      one.flush_due = { d1: T + 3_000, r2: T + ARCHIVE_MS };
    });
    expect(storesDue(both, T + 2_999)).toEqual([]);
    expect(storesDue(both, T + 3_000)).toEqual(["d1"]);
    expect(storesDue(both, T + ARCHIVE_MS - ALONG_MS - 1)).toEqual(["d1"]);
    expect(storesDue(both, T + ARCHIVE_MS - ALONG_MS)).toEqual(["d1", "r2"]);
    both.flush_due = { d1: T + 2 * ARCHIVE_MS, r2: T + ARCHIVE_MS };
    expect(storesDue(both, T + ARCHIVE_MS - 1)).toEqual([]);
    expect(storesDue(both, T + ARCHIVE_MS)).toEqual(["r2"]);
  });

  it("are the archive's alone once D1 has everything", () => {
    const lagging = schedule((one) => {
      one.flush_due = { d1: null, r2: T + ARCHIVE_MS };
      one.progress.d1.through = one.state.seq;
    });
    expect(storesDue(lagging, T + 1_000)).toEqual(["r2"]);
  });

  it("neither hurry a retry along nor go along with one", () => {
    const failing = schedule((one) => {
      one.flush_due = { d1: T, r2: T };
      one.progress.r2 = { ...one.progress.r2, attempts: 1, retry_at: T + 2_000 };
    });
    expect(storesDue(failing, T)).toEqual(["d1"]);
    expect(storesDue(failing, T + 2_000)).toEqual(["d1", "r2"]);
    failing.flush_due = { d1: T + 3_000, r2: T };
    expect(storesDue(failing, T + 2_000)).toEqual(["r2"]);
  });
});

describe("waiting", () => {
  it("jitters an interval by shortening it, never past it", () => {
    expect(flushAt(T, FLUSH_MS, null, 0)).toBe(T + FLUSH_MS);
    expect(flushAt(T, FLUSH_MS, null, 0.999)).toBeGreaterThanOrEqual(T + FLUSH_MS * 0.9);
    expect(backoff(1, 0.999)).toBeGreaterThanOrEqual(RETRY_MIN_MS * 0.75);
  });

  it("takes an alarm that is set for nearly then, and no other", () => {
    for (const [alarm, due] of [
      [T + 25_000, T + 25_000],
      [T + 30_000, T + 30_000],
      [T + 20_000, T + 30_000],
      [T + 30_001, T + 30_000],
    ] as const) {
      expect(flushAt(T, FLUSH_MS, alarm, 0)).toBe(due);
    }
  });

  it("backs off from two seconds to at most two minutes", () => {
    expect(backoff(1, 0)).toBe(RETRY_MIN_MS);
    expect(backoff(4, 0)).toBe(RETRY_MIN_MS * 8);
    expect(backoff(500, 0)).toBe(RETRY_MAX_MS);
  });
});
