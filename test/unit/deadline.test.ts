import { describe, expect, it } from "vitest";
import { FLUSH_MS } from "../../durable/session/limits";
import { ARCHIVE_MS } from "../../durable/session/memory";
import {
  ALONG_MS,
  backoff,
  failed,
  flushAt,
  forgetAt,
  IDLE_MS,
  idleAt,
  isDrained,
  isPending,
  nextDeadline,
  type Schedule,
  storeDue,
  storesDue,
  WITHDRAWN_RETRY_MAX_MS,
  wipeAt,
} from "../../src/core/session/deadline";
import { FORM_ABANDONED_MS } from "../../src/core/session/fold/forms";
import { newState } from "../../src/core/session/fold/state";
import { newProgress } from "../../src/core/session/progress";
import { LINGER_MS, RETRY_MAX_MS, RETRY_MIN_MS } from "../../src/limits";

const T = 1_795_000_000_000;

/** A session with one event in its journal, due to be flushed at T + 3 s. */
function schedule(change: (schedule: Schedule) => void = () => {}): Schedule {
  const state = { ...newState(100), seq: 102, events: 1, started_at: T, last_received_at: T };
  const made: Schedule = {
    state,
    progress: newProgress(100),
    flush_due: { d1: T + 3_000, r2: T + 3_000 },
    standby: null,
    keys_due: null,
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

describe("a session", () => {
  const ended = (one: Schedule) => {
    written(one);
    Object.assign(one.state, { ended_at: T, end_taken_at: T + 5 });
  };

  it("without event and lead is forgotten, and one with either is kept", () => {
    const nothing = schedule(({ state }) => Object.assign(state, { events: 0 }));
    expect([forgetAt(nothing), idleAt(nothing), isPending(nothing, "d1")]).toEqual([T + IDLE_MS, null, false]);
    const lead = schedule(({ state }) => Object.assign(state, { events: 0, journey: { ...state.journey, leads: 1 } }));
    expect([forgetAt(lead), idleAt(lead), isPending(lead, "d1")]).toEqual([null, T + IDLE_MS, true]);
  });

  it("is not idle once it has ended", () => {
    expect(idleAt(schedule(ended))).toBeNull();
  });

  it("is wiped after its linger, with nothing left to write or to erase", () => {
    expect(wipeAt(schedule(ended))).toBe(T + 5 + LINGER_MS);
    expect(wipeAt(schedule(written))).toBeNull();
    const waiting: ((one: Schedule) => void)[] = [
      (one) => Object.assign(one.state, { seq: 103 }),
      ({ progress }) => Object.assign(progress.d1, { through: 101 }),
      ({ progress }) => Object.assign(progress.r2, { through: 101 }),
      ({ progress }) => Object.assign(progress, { erase: { through: 1, attempts: 0, retry_at: T + 7, again: false } }),
      (one) => Object.assign(one.state, { events: 0 }),
    ];
    for (const change of waiting) {
      const one = schedule((it) => {
        ended(it);
        change(it);
      });
      expect(wipeAt(one)).toBeNull();
    }
  });

  it("is drained when both stores have all of it and nothing is to be erased", () => {
    expect(isDrained(schedule())).toBe(false);
    expect(isDrained(schedule(written))).toBe(true);
    const erasing = schedule((one) => {
      written(one);
      one.progress.erase = { through: 1, attempts: 0, retry_at: T + 7, again: false };
    });
    expect([isDrained(erasing), nextDeadline(erasing)]).toEqual([false, T + 7]);
  });

  it("waits for its forms, and for where an open socket wants the alarm", () => {
    const at = { first_at: T, last_at: T - 60_000, received_at: T - 60_000 };
    const form = { form: "a", page: null, ...at, last_field: null, fields: [] };
    const open = schedule((one) => {
      written(one);
      one.state.forms = [form];
    });
    expect(nextDeadline(open)).toBe(T - 60_000 + FORM_ABANDONED_MS);
    open.standby = T + 30_000;
    expect(nextDeadline(open)).toBe(T + 30_000);
  });

  it("has nothing to do by itself once it is over and forgotten", () => {
    const over = schedule((one) => {
      written(one);
      one.state.ended_at = T;
    });
    expect(nextDeadline(over)).toBeNull();
  });
});

describe("a store", () => {
  it("is due at once where nobody has said when, and at its retry after a failure", () => {
    const unsaid = schedule((one) => {
      one.flush_due = { d1: null, r2: null };
    });
    expect(storeDue(unsaid, "d1")).toBe(0);
    unsaid.progress.d1 = { ...unsaid.progress.d1, attempts: 1, retry_at: T + 9 };
    expect(storeDue(unsaid, "d1")).toBe(T + 9);
    unsaid.progress.d1.retry_at = null;
    expect(storeDue(unsaid, "d1")).toBe(0);
  });

  it("that has everything is not due", () => {
    expect(storeDue(schedule(written), "d1")).toBeNull();
  });

  it("that failed is tried again later, with what was said", () => {
    const store = newProgress(100).d1;
    expect(failed(store, "down", T, 0, false)).toEqual({
      ...store,
      attempts: 1,
      retry_at: T + RETRY_MIN_MS,
      error: "down",
    });
    const again = failed({ ...store, attempts: 3 }, "down", T, 0, false);
    expect(again).toMatchObject({ attempts: 4, retry_at: T + RETRY_MIN_MS * 8 });
    expect(failed({ ...store, attempts: 9 }, "down", T, 0, true).retry_at).toBe(T + WITHDRAWN_RETRY_MAX_MS);
  });
});

describe("jitter", () => {
  it("takes its share of a wait", () => {
    expect(backoff(1, 0.5)).toBe(RETRY_MIN_MS * 0.875);
    expect(flushAt(T, FLUSH_MS, null, 0.5)).toBe(T + FLUSH_MS * 0.95);
  });

  it("leaves an alarm that is set for the earliest that will do", () => {
    expect(flushAt(T, FLUSH_MS, T + 22_500, 0.5)).toBe(T + 22_500);
    expect(flushAt(T, FLUSH_MS, T + 22_499, 0.5)).toBe(T + 28_500);
  });
});
