import { describe, expect, it } from "vitest";
import { newProgress, type Plan, type Progress, withRows } from "../../src/session/progress";

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
      ...{ quarantined: 3, meta_written: true, identity_in_d1: 3, identity_written: 3 },
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
