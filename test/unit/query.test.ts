import { describe, expect, it } from "vitest";
import { DEFAULT_RANGE_MS, LIST_DEFAULT, LIST_MAX } from "../../src/limits";
import { rangeOf, SessionsQuery, Time } from "../../src/protocol/analytics";

describe("a time in a query", () => {
  it.each([
    ["0", 0],
    ["1", 1],
    ["1795000000000", 1_795_000_000_000],
    ["2026-11-29", Date.UTC(2026, 10, 29)],
    ["2026-11-29T10:20Z", Date.UTC(2026, 10, 29, 10, 20)],
    ["2026-11-29T10:20:30Z", Date.UTC(2026, 10, 29, 10, 20, 30)],
    ["2026-11-29T10:20:30.250Z", Date.UTC(2026, 10, 29, 10, 20, 30, 250)],
    ["2026-11-29T10:20:30+02:00", Date.UTC(2026, 10, 29, 8, 20, 30)],
    ["2026-11-29T10:20:30-0530", Date.UTC(2026, 10, 29, 15, 50, 30)],
  ])("may be %s", (text, time) => {
    expect(Time.parse(text)).toBe(time);
  });

  it.each([
    "",
    "hello 1",
    "2026-11",
    "2026-11-2",
    "26-11-29",
    "x2026-11-29",
    "2026-11-29x",
    "2026-11-29T",
    "2026-11-29T1:20Z",
    "2026-11-29T10:20:3Z",
    "2026-11-29T10:20:30.Z",
    "2026-11-29T10:20:30.1234567890Z",
    "2026-11-29T10:20:30+2:00",
    "2026-11-29 10:20",
    "2026-13-01",
    "12345678901234567",
    "-1",
    "1.5",
  ])("may not be %j", (text) => {
    expect(Time.safeParse(text).success).toBe(false);
  });
});

describe("a range", () => {
  it("ends now, this millisecond included, and begins seven days before its end, unless it is asked for otherwise", () => {
    expect(rangeOf({}, 10_000_000_000)).toEqual({ from: 10_000_000_001 - DEFAULT_RANGE_MS, to: 10_000_000_001 });
    expect(rangeOf({ to: 9_000_000_000 }, 10_000_000_000).from).toBe(9_000_000_000 - DEFAULT_RANGE_MS);
    expect(rangeOf({ from: 5, to: 9 }, 10)).toEqual({ from: 5, to: 9 });
    expect(rangeOf({ from: 5 }, 10)).toEqual({ from: 5, to: 11 });
  });
});

describe("a list's query", () => {
  it("has a limit of its own unless one is asked for, from 1 to the most there is", () => {
    expect(SessionsQuery.parse({}).limit).toBe(LIST_DEFAULT);
    expect(SessionsQuery.parse({ limit: "1" }).limit).toBe(1);
    expect(SessionsQuery.parse({ limit: String(LIST_MAX) }).limit).toBe(LIST_MAX);
    for (const limit of ["0", "-1", "1.5", "x", "", String(LIST_MAX + 1)]) {
      expect(SessionsQuery.safeParse({ limit }).success, limit).toBe(false);
    }
  });

  it("takes a cursor of 512 characters and no longer one, and no name that it does not know", () => {
    expect(SessionsQuery.safeParse({ cursor: "c".repeat(512) }).success).toBe(true);
    expect(SessionsQuery.safeParse({ cursor: "c".repeat(513) }).success).toBe(false);
    expect(SessionsQuery.safeParse({ contry: "DE" }).success).toBe(false);
  });
});
