import { describe, expect, it } from "vitest";
import {
  type Attempt,
  expiryOf,
  judgeAttempt,
  readRetryAfter,
  readSchedule,
  reasonOf,
  WEBHOOK_EXPIRY_FACTOR,
  WEBHOOK_MAX_RETRY_AFTER_MS,
  WEBHOOK_SCHEDULE_MS,
} from "../../src/core/leads/schedule";

const answered = (status: number, retry_after_ms: number | null = null): Attempt => ({
  kind: "answered",
  status,
  retry_after_ms,
  excerpt: "",
});
const failed = (reason: "timeout" | "network" | "target_refused"): Attempt => ({ kind: "failed", reason });

describe("an attempt", () => {
  it.each<[Attempt, string, string]>([
    [answered(199), "dead", "http_199"],
    [answered(300), "dead", "redirect"],
    [answered(399), "dead", "redirect"],
    [answered(400), "dead", "http_400"],
    [answered(408), "retry", "http_408"],
    [answered(409), "dead", "http_409"],
    [answered(410), "gone", "http_410"],
    [answered(411), "dead", "http_411"],
    [answered(429), "retry", "http_429"],
    [answered(499), "dead", "http_499"],
    [answered(500), "retry", "http_500"],
    [failed("timeout"), "retry", "timeout"],
    [failed("network"), "retry", "network"],
    [failed("target_refused"), "dead", "target_refused"],
  ])("%o is %s because of %s", (attempt, kind, reason) => {
    expect(judgeAttempt(attempt, 1, 0)).toMatchObject({ kind, reason });
    expect(reasonOf(attempt)).toBe(reason);
  });

  it.each([200, 204, 299])("with answer %i is delivered, whenever it was made", (status) => {
    expect(judgeAttempt(answered(status), 1, 0)).toEqual({ kind: "delivered" });
    expect(judgeAttempt(answered(status), 99, 0)).toEqual({ kind: "delivered" });
  });

  it("is followed by another as long as the schedule has a wait for it", () => {
    const schedule = [10, 20];
    expect(judgeAttempt(answered(500), 1, 0, schedule)).toEqual({ kind: "retry", wait_ms: 10, reason: "http_500" });
    expect(judgeAttempt(failed("timeout"), 2, 0, schedule)).toEqual({ kind: "retry", wait_ms: 20, reason: "timeout" });
    expect(judgeAttempt(failed("timeout"), 3, 0, schedule)).toEqual({ kind: "dead", reason: "timeout" });
    expect(judgeAttempt(failed("timeout"), 1, 0, [0])).toMatchObject({ kind: "retry", wait_ms: 0 });
  });

  it("waits up to a fifth longer by chance, in whole milliseconds", () => {
    expect(judgeAttempt(answered(500), 1, 0.5, [1_000])).toMatchObject({ wait_ms: 1_100 });
    expect(judgeAttempt(answered(500), 1, 0.5, [1_003])).toMatchObject({ wait_ms: 1_103 });
  });

  it("waits as long as it was asked to, if that is longer, up to a day", () => {
    const waits = (asked: number | null) => judgeAttempt(answered(503, asked), 1, 0, [1_000]);
    expect([999, 1_000, 1_001, null].map(waits)).toMatchObject(
      [1_000, 1_000, 1_001, 1_000].map((wait_ms) => ({ wait_ms })),
    );
    expect(waits(WEBHOOK_MAX_RETRY_AFTER_MS)).toMatchObject({ wait_ms: WEBHOOK_MAX_RETRY_AFTER_MS });
    expect(waits(WEBHOOK_MAX_RETRY_AFTER_MS + 1)).toMatchObject({ wait_ms: WEBHOOK_MAX_RETRY_AFTER_MS });
  });
});

describe("Retry-After", () => {
  const NOW = Date.parse("2031-10-01T12:00:00Z");

  it.each([
    ["0", 0],
    ["1", 1_000],
    [" 120 ", 120_000],
    ["999999999", 999_999_999_000],
    ["Wed, 01 Oct 2031 12:00:01 GMT", 1_000],
    ["Wed, 01 Oct 2031 12:00:00 GMT", 0],
    ["Wed, 01 Oct 2031 11:00:00 GMT", 0],
    ["1234567890", null],
    ["12x", null],
    ["x12", null],
    ["soon", null],
    ["", null],
    [null, null],
  ])("of %j is %j ms from now", (header, ms) => {
    expect(readRetryAfter(header, NOW)).toBe(ms);
  });
});

describe("a schedule", () => {
  it.each([
    ["0", [0]],
    ["5000", [5_000]],
    ["10,20,30", [10, 20, 30]],
    ["999999999,1", [999_999_999, 1]],
    [Array(32).fill("1").join(","), Array(32).fill(1)],
  ])("may be %s", (text, schedule) => {
    expect(readSchedule(text)).toEqual(schedule);
  });

  it.each([
    "",
    ",",
    "1,",
    ",1",
    "1,,2",
    "1, 2",
    " 1",
    "1 ",
    "a",
    "1,a",
    "a,1",
    "1.5",
    "-1",
    "1000000000",
    "1,1000000000",
    Array(33).fill("1").join(","),
    undefined,
  ])("is the usual one where it is given as %j", (text) => {
    expect(readSchedule(text)).toBe(WEBHOOK_SCHEDULE_MS);
  });

  it("expires at a multiple of its length", () => {
    expect(expiryOf([10, 20, 30])).toBe(60 * WEBHOOK_EXPIRY_FACTOR);
    expect(expiryOf([])).toBe(0);
  });
});
