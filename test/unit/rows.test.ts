import { describe, expect, it } from "vitest";
import { readStreams, writeStreams } from "../../src/core/session/delivered";
import { fromTuple, toTuple, trimmed } from "../../src/core/tuple";
import { afterDay, beforeDay, dayOf, dayOfKey } from "../../src/data/store/archive-days";
import { cutPage, pageEnd } from "../../src/data/store/page";
import { eventsOf, isRefusal } from "../../src/data/store/projection";
import { conditionsOf, joinConditions } from "../../src/data/store/session-conditions";

describe("a page of a list", () => {
  it("has the row after it as the sign that there are more", () => {
    expect(cutPage([1, 2, 3], 2)).toEqual({ page: [1, 2], last: 2 });
    expect(cutPage([1, 2], 2)).toEqual({ page: [1, 2], last: null });
    expect(cutPage([], 2)).toEqual({ page: [], last: null });
    expect(cutPage([1], 0)).toEqual({ page: [], last: null });
  });

  it("ends where the range does, or with the moment of the row before it", () => {
    expect(pageEnd(100, undefined)).toBe(100);
    expect(pageEnd(100, 50)).toBe(51);
    expect(pageEnd(100, 99)).toBe(100);
    expect(pageEnd(100, 0)).toBe(1);
  });
});

describe("an object as a list", () => {
  interface Shape {
    a?: number | null;
    b?: string;
    c?: unknown[];
  }
  const ORDER = ["a", "b", "c"] as const;

  it.each<[Shape, unknown[]]>([
    [{}, []],
    [{ a: 1 }, [1]],
    [{ a: null }, [null]],
    [{ c: [] }, [{}, {}, []]],
    [{ b: "x" }, [{}, "x"]],
    [{ a: 0, b: "", c: [1] }, [0, "", [1]]],
  ])("%j is %j, and the same again", (object, tuple) => {
    expect(toTuple(object, ORDER)).toEqual(tuple);
    const read = fromTuple<Shape>(tuple, ORDER);
    expect(read).toEqual(object);
    expect(Object.keys(read)).toEqual(Object.keys(object));
  });

  it("loses the usual values at its end, and keeps those in the middle", () => {
    expect(trimmed([1, 0, 2, 0], [0, 0, 0, 0])).toEqual([1, 0, 2]);
    expect(trimmed([0, 0], [0, 0])).toEqual([]);
    expect(trimmed([0, 1], [0, 0])).toEqual([0, 1]);
    expect(trimmed([], [])).toEqual([]);
  });
});

describe("a session's streams", () => {
  const told = (more: object) => ({
    stream: "s",
    through: 9,
    expected: 9,
    received: 9,
    missing: 0,
    rejected: 0,
    gone: 0,
    ...more,
  });
  it.each([
    [told({}), ["s", 9]],
    [told({ missing: 2, received: 7 }), ["s", 9, 2]],
    [told({ rejected: 1, received: 8 }), ["s", 9, 0, 1]],
    [told({ gone: 4, missing: 1, received: 4 }), ["s", 9, 1, 0, 4]],
    [told({ missing: 1, rejected: 1, gone: 1, received: 5 }), ["s", 9, 1, 1, 1, 5]],
    [told({ received: 8 }), ["s", 9, 0, 0, 0, 8]],
  ])("are written as far as they say something (%#)", (stream, line) => {
    const whole = readStreams([line]);
    expect(whole.streams).toEqual([stream]);
    expect(writeStreams(whole)).toEqual([line]);
  });

  it("are added up", () => {
    expect(
      readStreams([
        ["s", 9, 2],
        ["t", 5, 0, 1, 1],
      ]),
    ).toMatchObject({ expected: 14, received: 10, missing: 2, rejected: 1, gone: 1 });
    expect(readStreams([])).toEqual({
      received: 0,
      expected: 0,
      missing: 0,
      rejected: 0,
      gone: 0,
      implausible: 0,
      streams: [],
    });
  });
});

describe("a filter as conditions", () => {
  it("binds every value, and says none in the statement", () => {
    const filter = {
      site: "a",
      country: "DE",
      label: "bot" as const,
      source: "google",
      campaign: "spring",
      device: "mobile" as const,
      min_bot: 0,
      max_bot: 9,
      min_risk: 5,
    };
    const { sql, values } = joinConditions(conditionsOf(filter));
    expect(values).toEqual(["a", "DE", "bot", "google", "spring", "mobile", 0, 9, 5]);
    expect(sql.split(" AND ")).toEqual([
      "site = ?",
      "country = ?",
      "label = ?",
      "coalesce(detail ->> '$.source', detail ->> '$.from[1]', 'direct') = ?",
      "coalesce(detail ->> '$.campaign', detail ->> '$.from[3]', NULL) = ?",
      "coalesce(detail ->> '$.device_class', detail ->> '$.from[0]', 'unknown') = ?",
      "bot >= ?",
      "bot <= ?",
      "risk >= ?",
    ]);
  });

  it("may call the row by another name, everywhere", () => {
    const { sql } = joinConditions(
      conditionsOf({ site: "a", source: "x", max_vpn: 1, page: "https://a.example/" }, "s."),
    );
    expect(sql).toMatch(/^s\.site = \? AND coalesce\(s\.detail ->> .* AND s\.vpn <= \? AND \(EXISTS/s);
    expect(sql.match(/(?<!\.)\bdetail\b/)).toBeNull();
  });

  it("of nothing is none", () => {
    expect(conditionsOf({})).toEqual([]);
    expect(joinConditions([])).toEqual({ sql: "", values: [] });
  });

  // The first page of a row has its origin, and the others of that origin have only what follows it.
  it.each([
    ["https://a.example/x/y", ["https://a.example/x/y", "/x/y", "https://a.example/"]],
    ["https://a.example/", ["https://a.example/", "/", "https://a.example/"]],
    ["https://a.example", ["https://a.example", "https://a.example", "https://a.example/"]],
    ["https://A.example/x", ["https://A.example/x", "https://A.example/x", "https://a.example/"]],
  ])("finds %s by its name, and by its path after the first page's origin", (page, values) => {
    expect(conditionsOf({ page }).map(([, ...bound]) => bound)).toEqual([values]);
  });
});

describe("a key of the archive", () => {
  it.each([
    ["sessions/2026/11/29/a/b.json", "2026-11-29"],
    ["sessions/2026/11/29/", "2026-11-29"],
    ["sessions/2026/11/29", null],
    ["sessions/26/11/29/a", null],
    ["sessions/2026/1/29/a", null],
    ["sessions/2026/11/9/a", null],
    ["x/sessions/2026/11/29/a", null],
    ["sessions/aaaa/11/29/a", null],
    ["sessions/2026/aa/29/a", null],
    ["sessions/2026/11/aa/a", null],
    ["", null],
  ])("%s is of the day %s", (key, day) => {
    expect(dayOfKey(key)).toBe(day);
  });

  it("lies after its day's beginning and before its end, as text", () => {
    const key = "sessions/2026/11/29/0a1b2c3d/000.json";
    expect(dayOf(Date.UTC(2026, 10, 29, 23, 59))).toBe("2026-11-29");
    expect(beforeDay("2026-11-29") < key && key < afterDay("2026-11-29")).toBe(true);
    expect(afterDay("2026-11-28") < key && key < beforeDay("2026-11-30")).toBe(true);
  });
});

describe("what D1 says of a row", () => {
  it.each([
    ["D1_ERROR: UNIQUE constraint failed: SQLITE_CONSTRAINT", true],
    ["datatype mismatch: SQLITE_MISMATCH", true],
    ["SQLITE_TOOBIG", true],
    ["malformed JSON", true],
    ["string or blob too big", true],
    ["sqlite_constraint", true],
    // An outage, or a table that a migration has yet to make: it is tried again.
    ["no such table: events", false],
    ["Network connection lost", false],
    ["SQLITE_BUSY", false],
  ])("%s is a refusal for good: %s", (message, refused) => {
    expect(isRefusal(new Error(message))).toBe(refused);
    expect(isRefusal(message)).toBe(false);
  });

  it("leaves the other events of a journal's text", () => {
    const kinds = ["start", "event", "event", "event"];
    const body = kinds.map((kind, i) => JSON.stringify({ kind, at: 0, seq: i + 1 })).join(",");
    expect(eventsOf(body, [3]).map(({ seq }) => seq)).toEqual([2, 4]);
    expect(eventsOf(body, []).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(eventsOf("", [])).toEqual([]);
  });
});
