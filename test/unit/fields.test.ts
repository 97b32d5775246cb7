import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { MAX_ID_UNITS, MAX_NUMBER, MAX_URL_UNITS } from "../../src/limits";
import { isNumber, isPlain, isText } from "../../src/protocol/plain";
import {
  ClientId,
  ClientTime,
  Consent,
  EventNumber,
  HttpUrl,
  isHttpUrl,
  isoDay,
  isSessionId,
  isSiteName,
  isStreamName,
  SessionId,
  SessionKey,
  SiteName,
  StreamName,
} from "../../src/protocol/values";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const url = (length: number) => `https://a.example/${"x".repeat(length - "https://a.example/".length)}`;

describe("a field of a body", () => {
  it.each<[string, z.ZodType, unknown[], unknown[]]>([
    [
      "a URL",
      HttpUrl,
      ["https://a.example/", "http://a.example", "HTTPS://A.example/x?y#z", url(MAX_URL_UNITS)],
      ["", "a.example", "/a", "xhttps://a.example/", "ftp://a.example/", "https:/a.example", "httpss://a.example/"],
    ],
    ["a URL of some length", HttpUrl, [url(30)], [url(MAX_URL_UNITS + 1), "https://", "http://a b/", 1, null]],
    [
      "a session's id",
      SessionId,
      [ID, ID.toUpperCase()],
      [`${ID}0`, `0${ID}`, ID.slice(1), ID.slice(0, -1), ID.replaceAll("-", ""), `g${ID.slice(1)}`, "", null],
    ],
    [
      "a site's name",
      SiteName,
      ["a", "A", "9", "a_b.c-d", "s".repeat(64)],
      ["", "s".repeat(65), "_a", ".a", "-a", "a b", "ä", "a/b", " a", "a ", null],
    ],
    [
      "a stream's name",
      StreamName,
      ["a", "Z", "0", "a_b-c", "s".repeat(64), "servers", "Server"],
      ["", "s".repeat(65), "_a", "-a", "a.b", "a b", " a", "a ", "server", null],
    ],
    [
      "a client's id",
      ClientId,
      ["!", "~", "v".repeat(MAX_ID_UNITS), "a/b+c=="],
      ["", "v".repeat(MAX_ID_UNITS + 1), "a b", " a", "a ", "ü", "\u007f", "a\n", null],
    ],
    ["a number", EventNumber, [1, 2, MAX_NUMBER], [0, -1, MAX_NUMBER + 1, 1.5, "1", null]],
    ["a client's time", ClientTime, [0, -1, 1.5, 1e300], ["1", null, Number.NaN, Number.POSITIVE_INFINITY]],
    ["consent", Consent, ["granted", "pending", "denied"], ["", "yes", true, null]],
    ["a session's key", SessionKey, ["k".repeat(16), "k".repeat(256)], ["", "k".repeat(15), "k".repeat(257), null]],
    [
      "a day",
      isoDay,
      ["2026-11-25", "2024-02-29", "1970-01-01", "0001-01-01"],
      ["2026-11-31", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-00", "aaaa-11-25", "2026-a1-25", "2026-11-a5"],
    ],
    [
      "a day alone",
      isoDay,
      ["2026-12-31"],
      [
        "",
        "x2026-11-25",
        "2026-11-25x",
        "2026-11-25T00:00Z",
        "2026-11-25T00:00:00.000Z",
        "26-11-25",
        "2026-1-25",
        "2026-11-5",
        "02026-11-25",
      ],
    ],
  ])("that is %s is of the form it should have, and of no other", (_, schema, good, bad) => {
    for (const value of good) expect(schema.safeParse(value).success, String(value).slice(0, 99)).toBe(true);
    for (const value of bad) expect(schema.safeParse(value).success, String(value).slice(0, 99)).toBe(false);
  });

  it("that is a session's id is kept in lower case", () => {
    expect(SessionId.parse(ID.toUpperCase())).toBe(ID);
  });

  it.each<[z.ZodType, unknown, string]>([
    [HttpUrl, "ftp://a.example/", "must be an http(s) URL"],
    [SessionId, "x", "must be a UUID"],
    [SiteName, "", "must be 1 to 64 letters, digits, _ . -"],
    [StreamName, "a.b", "must be 1 to 64 letters, digits, _ -"],
    [StreamName, "server", "is reserved"],
    [ClientId, "a b", "must be printable ASCII"],
    [isoDay, "today", "must be a day such as 2026-11-25"],
    [isoDay, "x2026-11-25", "must be a day such as 2026-11-25"],
    [isoDay, "2026-02-30", "is no day of the calendar"],
  ])("says what it should have been (%#)", (schema, value, message) => {
    expect(schema.safeParse(value).error?.issues.map((issue) => issue.message)).toContain(message);
  });
});

describe("a check without a schema", () => {
  // The last good URL is remembered: a bad one between two good ones must not profit from it.
  it("of a URL holds for one that was seen before as for a new one", () => {
    for (const good of ["https://a.example/", "https://a.example/", "https://b.example/"]) {
      expect(isHttpUrl(good)).toBe(true);
      expect(isHttpUrl(`${good} bad://`)).toBe(true);
      expect(isHttpUrl("bad://a.example/")).toBe(false);
      expect(isHttpUrl("bad://a.example/")).toBe(false);
    }
    expect(isHttpUrl(url(MAX_URL_UNITS))).toBe(true);
    expect(isHttpUrl(url(MAX_URL_UNITS + 1))).toBe(false);
    expect(isHttpUrl("https://")).toBe(false);
  });

  it("takes an id only in the case in which it is kept, and names as their schemas do", () => {
    expect([ID, ID.toUpperCase(), `${ID}0`, `0${ID}`, ""].map(isSessionId)).toEqual([true, false, false, false, false]);
    expect(["a", "A", "s".repeat(65), "_", ""].map(isSiteName)).toEqual([true, true, false, false, false]);
    expect(["a", "server", "-", "s".repeat(64), "s".repeat(65)].map(isStreamName)).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it("of a number takes its bounds and what is between them, or nothing", () => {
    const values = [null, undefined, 1, 2, 3, 0.9, 3.1, Number.NaN, "2", true, {}];
    expect(values.map((value) => isNumber(value, 1, 3))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("of a text takes one that fits, or nothing", () => {
    const values = [null, undefined, "fits", "", 1, ["fits"]];
    expect(values.map((value) => isText(value, (text) => text === "fits"))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("an object is plain", () => {
  const checks = { id: (value: unknown) => value === 1, more: (value: unknown) => value === undefined };
  const isIt = (raw: unknown) => isPlain(raw, checks, ["id"]);

  it("when what it must have is there, and each field passes its check", () => {
    expect(isIt({ id: 1 })).toBe(true);
    expect(isIt({ id: 1, more: undefined })).toBe(true);
    expect(isIt({ id: 2 })).toBe(false);
    expect(isIt({ id: 1, more: 2 })).toBe(false);
  });

  it("not when something is missing, or is there that nobody knows, by an inherited name either", () => {
    expect(isIt({})).toBe(false);
    expect(isIt({ more: undefined })).toBe(false);
    expect(isIt({ id: 1, other: 1 })).toBe(false);
    expect(isIt({ id: 1, toString: 1 })).toBe(false);
    // What is inherited is not sent: a field that is missing would be looked up there.
    expect(isIt(Object.create({ id: 1 }))).toBe(false);
  });

  it.each([[null], [undefined], ["id"], [1], [true]])("and %s is none", (raw) => {
    expect(isIt(raw)).toBe(false);
    expect(isPlain(raw, checks, [])).toBe(false);
  });
});
