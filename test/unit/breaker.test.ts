import { describe, expect, it } from "vitest";
import {
  type AttemptReport,
  BREAKER_FAILURES,
  type Breaker,
  coolingOf,
  newBreaker,
  permit,
  record,
} from "../../src/core/leads/breaker";

const COOLING = { min_ms: 100, max_ms: 450, probe_ms: 7 };
const FAILED: AttemptReport = { kind: "failed", reason: "timeout" };
const ANSWERED: AttemptReport = { kind: "answered" };
const GONE: AttemptReport = { kind: "gone", reason: "http_410" };

const OPEN: Breaker = { state: "open", failures: BREAKER_FAILURES, until: 500, since: 400, reason: "timeout" };
const DISABLED: Breaker = { ...OPEN, state: "disabled", until: 0, reason: "http_410" };

/** After as many failures in a row, a millisecond apart from `at` on. */
function failing(times: number, at: number, cooling = COOLING): Breaker {
  let breaker = newBreaker();
  for (let i = 0; i < times; i++) breaker = record(breaker, FAILED, at + i, cooling);
  return breaker;
}

describe("a permit", () => {
  it("is given while the breaker is closed, which stays as it is", () => {
    const closed = failing(BREAKER_FAILURES - 1, 10);
    expect(permit(closed, 20, COOLING)).toEqual({ permit: { kind: "go", until: 0 }, breaker: closed });
    expect(permit(closed, 20, COOLING).breaker).toBe(closed);
  });

  it("is given by an open one to one probe from its time on, and to nobody else while that may take", () => {
    expect(permit(OPEN, 499, COOLING)).toEqual({ permit: { kind: "wait", until: 500 }, breaker: OPEN });
    const { permit: given, breaker } = permit(OPEN, 500, COOLING);
    expect(given).toEqual({ kind: "go", until: 0 });
    expect(breaker).toEqual({ ...OPEN, until: 507 });
    expect(OPEN.until).toBe(500);
    expect(permit(breaker, 506, COOLING).permit).toEqual({ kind: "wait", until: 507 });
    expect(permit(breaker, 507, COOLING).permit.kind).toBe("go");
  });

  it("is given by no disabled one, at any time", () => {
    expect(permit(DISABLED, 1e15, COOLING)).toEqual({ permit: { kind: "disabled", until: 0 }, breaker: DISABLED });
  });
});

describe("a breaker", () => {
  it("counts failures, and opens with the fifth in a row", () => {
    expect(failing(4, 10)).toEqual({ state: "closed", failures: 4, until: 0, since: null, reason: "timeout" });
    expect(failing(5, 10)).toEqual({ state: "open", failures: 5, until: 114, since: 14, reason: "timeout" });
    const answered = record(failing(4, 10), ANSWERED, 20, COOLING);
    expect(answered).toEqual(newBreaker());
    expect(record(answered, FAILED, 30, COOLING)).toMatchObject({ state: "closed", failures: 1 });
  });

  it("says why it failed last", () => {
    expect(record(failing(1, 10), { kind: "failed", reason: "http_503" }, 20, COOLING).reason).toBe("http_503");
    expect(record(OPEN, { kind: "failed", reason: "http_503" }, 600, COOLING)).toMatchObject({ reason: "http_503" });
  });

  it("waits twice as long each time, up to its longest, and is open since the first", () => {
    const waits = [5, 6, 7, 8, 9].map((times) => failing(times, 0).until - (times - 1));
    expect(waits).toEqual([100, 200, 400, 450, 450]);
    expect(failing(9, 0).since).toBe(4);
  });

  it("doubles its wait twenty times at most, however long it may be", () => {
    const endless = { ...COOLING, min_ms: 1, max_ms: Number.MAX_SAFE_INTEGER };
    expect(record({ ...OPEN, failures: 24 }, FAILED, 0, endless).until).toBe(2 ** 20);
    expect(record({ ...OPEN, failures: 23 }, FAILED, 0, endless).until).toBe(2 ** 19);
    expect(record({ ...OPEN, failures: 90 }, FAILED, 0, endless).until).toBe(2 ** 20);
  });

  it("is closed by an answer, and the same where nothing changes", () => {
    expect(record(OPEN, ANSWERED, 600, COOLING)).toEqual(newBreaker());
    const closed = newBreaker();
    expect(record(closed, ANSWERED, 600, COOLING)).toBe(closed);
  });

  it("is disabled by a receiver that wants nothing more, since when it was not closed", () => {
    expect(record(newBreaker(), GONE, 9, COOLING)).toEqual({
      state: "disabled",
      failures: 0,
      until: 0,
      since: 9,
      reason: "http_410",
    });
    expect(record(OPEN, GONE, 600, COOLING)).toEqual(DISABLED);
  });

  it.each([FAILED, ANSWERED, GONE])("that is disabled stays so: %o", (report) => {
    expect(record(DISABLED, report, 600, COOLING)).toBe(DISABLED);
  });
});

describe("how long a breaker waits", () => {
  it.each([
    [[5, 30, 120, 900, 3_600], 30, 900],
    [[5, 30, 120], 30, 30],
    [[5, 30], 30, 30],
    [[5], 5, 5],
    [[], 0, 0],
    // Never shorter at its longest than at first.
    [[5, 30, 1, 10], 30, 30],
    [[5, 0, 1, 10], 0, 10],
  ])("is by a schedule of %j from %i to %i", (schedule, min_ms, max_ms) => {
    expect(coolingOf(schedule, 1_000)).toEqual({ min_ms, max_ms, probe_ms: 2_000 });
  });
});
