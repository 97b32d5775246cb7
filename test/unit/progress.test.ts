import { describe, expect, it } from "vitest";
import {
  frozenThrough,
  lowestWatermark,
  newProgress,
  type Plan,
  type Progress,
  withRows,
  written,
} from "../../src/core/session/progress";

/** What an actor that wakes up makes of a plan, by the rows that are left. */

const plan: Plan = { lo: 101, hi: 110, at: 1, identity: 3, refused: [104, 105] };

const planned = (change: Partial<Progress> = {}): Progress => {
  const progress = { ...newProgress(100), quarantined: 1, ...change };
  return { ...progress, d1: { ...progress.d1, plan }, r2: { ...progress.r2, plan } };
};

describe("a plan", () => {
  it.each([101, 110])("is still to be written while a row of it is there: %i", (oldest) => {
    expect(withRows(planned(), oldest)).toEqual(planned());
  });

  it.each([111, null])("is in its stores when its rows are gone, and what D1 refused is counted: %s", (oldest) => {
    expect(withRows(planned(), oldest)).toEqual({
      ...newProgress(110),
      quarantined: 3,
      meta_written: true,
      identity_in_d1: 3,
      identity_written: 3,
    });
  });

  it("that was tried before leaves it open which identity D1 holds", () => {
    const tried = planned();
    tried.d1.attempts = 1;
    expect(withRows(tried, null).identity_in_d1).toBeNull();
  });

  it("with an older identity than R2 has does not take that back", () => {
    expect(withRows(planned({ identity_written: 5 }), null).identity_written).toBe(5);
  });

  it("of one store says nothing of the other", () => {
    const half = planned();
    half.r2.plan = null;
    const { d1, r2, meta_written } = withRows(half, 111);
    expect([d1.through, r2.through, meta_written]).toEqual([110, 100, false]);
  });
});

describe("a plan that is written", () => {
  it("of D1 raises its watermark, and says what was refused and which identity is there", () => {
    const before = planned();
    const { d1, r2, quarantined, identity_in_d1, meta_written } = written(before, "d1", plan, 4, 2);
    expect(d1).toEqual({ through: 110, plan: null, attempts: 0, retry_at: null, error: null });
    expect(r2).toEqual(before.r2);
    expect({ quarantined, identity_in_d1, meta_written }).toEqual({
      quarantined: 3,
      identity_in_d1: 4,
      meta_written: false,
    });
  });

  it("of D1 after a failure leaves it open which identity is there", () => {
    const before = planned({ identity_in_d1: 3 });
    before.d1 = { ...before.d1, attempts: 1, retry_at: 5, error: "down" };
    expect(written(before, "d1", plan, 4, 0)).toMatchObject({ identity_in_d1: null, d1: { attempts: 0, error: null } });
  });

  it.each([
    [2, 3, 3],
    [5, 3, 5],
  ])("of the archive, which had identity %i, with identity %i", (identity_written, identity, after) => {
    const before = planned({ identity_written });
    const progress = written(before, "r2", plan, identity, 9);
    expect(progress).toMatchObject({ r2: { through: 110, plan: null }, meta_written: true, identity_written: after });
    expect([progress.d1, progress.quarantined]).toEqual([before.d1, 1]);
  });
});

describe("two stores", () => {
  const at = (d1: number, r2: number, plans: { d1?: Plan; r2?: Plan } = {}): Progress => {
    const one = newProgress(0);
    return {
      ...one,
      d1: { ...one.d1, through: d1, plan: plans.d1 ?? null },
      r2: { ...one.r2, through: r2, plan: plans.r2 ?? null },
    };
  };

  it("are frozen as far as either has been written or planned", () => {
    expect([frozenThrough(at(7, 5)), frozenThrough(at(5, 7))]).toEqual([7, 7]);
    expect(frozenThrough(at(100, 100, { d1: plan }))).toBe(110);
    expect(frozenThrough(at(100, 100, { r2: plan }))).toBe(110);
  });

  it("have both what the one behind has", () => {
    expect([lowestWatermark(at(7, 5)), lowestWatermark(at(5, 7))]).toEqual([5, 5]);
  });

  it("begin where the life of the session does, with one load of its actor", () => {
    expect(newProgress(9)).toMatchObject({
      d1: { through: 9, plan: null, attempts: 0, retry_at: null, error: null },
      wakes: 1,
      used_tickets: [],
      meta_written: false,
      identity_in_d1: null,
      identity_written: 0,
      erase: null,
      quarantined: 0,
    });
  });
});
