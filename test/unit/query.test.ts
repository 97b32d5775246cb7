import { describe, expect, it } from "vitest";
import { rangeOf, SessionsQuery, Time } from "../../src/core/api/analytics";
import { DEFAULT_RANGE_MS, LIST_DEFAULT, LIST_MAX } from "../../src/core/api/limits";

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
    ["2028-02-29", Date.UTC(2028, 1, 29)],
    ["253402214399999", Date.UTC(9999, 11, 30, 23, 59, 59, 999)],
    ["9999-12-30T23:59:59.999Z", Date.UTC(9999, 11, 30, 23, 59, 59, 999)],
    ["1970-01-01T02:00+02:00", 0],
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
    // Past the end of dates, and of years with four digits.
    "8640000000000001",
    "8640000000000000",
    "253402300800000",
    // Its day has five digits for the year in zones to the east.
    "253402214400000",
    "9999-12-31",
    "9999-12-30T23:59:59.999-01:00",
    "1969-12-31",
    "1970-01-01T00:00+01:00",
    "0000-01-01",
    // No days of the calendar, no times of a day.
    "2026-02-30",
    "2026-02-29",
    "2026-02-30T10:20Z",
    "2100-02-29",
    "2026-04-31",
    "2026-00-10",
    "2026-01-00",
    "2026-01-32",
    "2026-11-29T24:00Z",
    "2026-11-29T24:00:00Z",
    "2026-11-29T25:00Z",
    "2026-11-29T10:60Z",
    "2026-11-29T10:20:60Z",
    "2026-11-29T10:20:30+24:00",
    "2026-11-29T10:20:30+10:60",
    "2026-11-29T10:20:30+99:99",
    "-2026-11-29",
    "+012026-11-29",
    " 2026-11-29",
    "٢٠٢٦-١١-٢٩",
    "1e12",
    "0x10",
    "+5",
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
