import { describe, expect, it } from "vitest";
import type * as z from "zod";
import {
  BotsQuery,
  BreakdownQuery,
  DailyQuery,
  DevicesQuery,
  EventTypesQuery,
  GeoQuery,
  OverviewQuery,
  SourcesQuery,
} from "../../src/core/api/aggregates";
import { EventsQuery, NoQuery, SessionsQuery, TicketInput } from "../../src/core/api/analytics";
import { AnomaliesQuery } from "../../src/core/api/anomalies";
import { ErasureQuery, PeopleQuery, PersonQuery } from "../../src/core/api/erasure";
import { FingerprintQuery, FingerprintsQuery } from "../../src/core/api/identity";
import { KeyInput, KeysQuery, MAX_KEY_NAME_UNITS, MAX_KEY_SITES, SCOPES } from "../../src/core/api/keys";
import { LIST_DEFAULT, LIST_MAX } from "../../src/core/api/limits";
import { ListQuery } from "../../src/core/api/list";
import { LogsQuery } from "../../src/core/api/logs";
import { RealtimeQuery } from "../../src/core/api/realtime";
import { RebuildInput } from "../../src/core/api/rebuild";
import { StorageQuery } from "../../src/core/api/storage";
import { MAX_URL_UNITS } from "../../src/limits";

const text = (length: number) => "x".repeat(length);
const url = (length: number) => `https://a.example/${text(length - "https://a.example/".length)}`;
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

type Bounds = [name: string, good: unknown[], bad: unknown[]];

const RANGE: Bounds[] = [
  ["from", ["0", "2026-11-29", undefined], ["", "x", "29.11.2026"]],
  ["to", ["0", "2026-11-29", undefined], ["", "x", "29.11.2026"]],
];
const SITE: Bounds = ["site", ["a", undefined], ["", "_", "a b"]];
const LIMIT: Bounds = [
  "limit",
  ["1", "2", String(LIST_MAX), undefined],
  ["0", "-1", "1.5", "x", "", " ", "1e1", "0x10", "1 ", String(LIST_MAX + 1)],
];
const CURSOR: Bounds = ["cursor", ["", "c", text(512), undefined], [text(513)]];
const LIST = [LIMIT, CURSOR];
const FILTER: Bounds[] = [
  ["country", ["DE", "de", "T1", undefined], ["", "D", "DEU", "D-", "ÄÖ"]],
  ["page", ["https://a.example/x?y", url(MAX_URL_UNITS), undefined], ["/x", "", url(MAX_URL_UNITS + 1)]],
  ["source", ["google", "G", text(65), text(MAX_URL_UNITS), undefined], ["", "  ", text(MAX_URL_UNITS + 1)]],
  ["channel", ["direct", "ai_assistant", undefined], ["", "Direct", "social"]],
  ["campaign", ["spring", "S", text(65), text(MAX_URL_UNITS), undefined], ["", "\0 ", text(MAX_URL_UNITS + 1)]],
  ["device", ["desktop", "mobile", "tablet", "tv", "console", "unknown", undefined], ["watch", ""]],
  ["label", ["human", "suspect", "bot", undefined], ["", "Bot", "humann"]],
  ...["engagement", "bot", "vpn", "risk"]
    .flatMap((score) => [`min_${score}`, `max_${score}`])
    .map((name): Bounds => [name, ["0", "7", "100", undefined], ["-1", "101", "0.5", "x"]]),
];
const BOTS: Bounds = ["bots", ["exclude", "include", "only", undefined], ["none", ""]];
const DAYS: Bounds[] = [
  ["from", ["2026-11-01", "2026-11-30"], ["2026-12-01", "x", undefined]],
  ["to", ["2026-11-30", "2026-12-01"], ["2026-10-31", "x", undefined]],
];
const MONTH = { from: "2026-11-01", to: "2026-11-30" };
const BREAKDOWN = [...RANGE, SITE, ...FILTER, ...LIST];

describe("a question's parameters", () => {
  it.each<[string, z.ZodType, Bounds[], object?]>([
    ["list", ListQuery, LIST],
    ["list of keys", KeysQuery, LIST],
    ["overview", OverviewQuery, [...RANGE, SITE, ...FILTER, BOTS, ["limit", [], ["1"]]]],
    ["breakdown", BreakdownQuery, [...BREAKDOWN, BOTS]],
    ["countries", GeoQuery, [...BREAKDOWN, BOTS, ["by", ["country", "region", undefined], ["city"]]]],
    [
      "sources",
      SourcesQuery,
      [
        ...BREAKDOWN,
        BOTS,
        [
          "by",
          ["source", "channel", "campaign", "medium", "term", "content", "referrer", undefined],
          ["utm_source", ""],
        ],
      ],
    ],
    ["devices", DevicesQuery, [...BREAKDOWN, BOTS, ["by", ["device", "browser", "os", undefined], ["screen"]]]],
    ["bots", BotsQuery, [...BREAKDOWN, ["bots", [], ["only"]], ["by", ["rule", "kind", "name", "proof"], ["os"]]]],
    ["events", EventTypesQuery, [...BREAKDOWN, BOTS, ["interval", ["total", "hour", "day", undefined], ["week"]]]],
    ["days", DailyQuery, [...BREAKDOWN, BOTS, ["tz", ["UTC", "Europe/Berlin", undefined], ["Berlin", "", text(65)]]]],
    ["sessions", SessionsQuery, [...BREAKDOWN, BOTS, ["visitor_id", ["v", undefined], ["", "a b"]]]],
    ["sessions", SessionsQuery, [["fingerprint_id", ["f", undefined], ["", "a b"]]]],
    ["a session's events", EventsQuery, LIST],
    ["nothing", NoQuery, []],
    ["a ticket", TicketInput, [["path", ["", "/a", text(256)], [text(257), undefined, null]]], { path: "/a" }],
    ["anomalies", AnomaliesQuery, [...RANGE, SITE, ...LIST]],
    ["an erasure", ErasureQuery, [SITE, ["keep_leads", ["legal_hold", undefined], ["", "true"]]]],
    ["a person", PersonQuery, [SITE]],
    [
      "a person's leads",
      PeopleQuery,
      [SITE, ["email", ["a@b.co", text(254), undefined], [text(255)]], ["phone", [text(128), undefined], [text(129)]]],
    ],
    [
      "fingerprints",
      FingerprintsQuery,
      [...RANGE, SITE, ...LIST, ["ip", ["::", text(64), undefined], ["", "1", text(65)]]],
    ],
    ["a fingerprint", FingerprintQuery, [...RANGE, SITE, ["limit", [], ["1"]]]],
    ["who is there", RealtimeQuery, [SITE, BOTS, LIMIT, ["cursor", [], ["c"]]]],
    ["storage", StorageQuery, RANGE],
    ["the logs", LogsQuery, [...DAYS, SITE, ["after", ["", text(256), undefined], [text(257), null]]], MONTH],
    ["a rebuild", RebuildInput, [...DAYS, ["after", ["", text(256), null, undefined], [text(257)]]], MONTH],
    [
      "a key",
      KeyInput,
      [["name", ["n", text(MAX_KEY_NAME_UNITS)], ["", "  ", text(MAX_KEY_NAME_UNITS + 1), null]]],
      { name: "n", scopes: ["read"] },
    ],
    [
      "a key",
      KeyInput,
      [["scopes", [["read"], [...SCOPES]], [[], ["write"], times(SCOPES.length + 1, "read")]]],
      { name: "n", scopes: ["read"] },
    ],
    [
      "a key",
      KeyInput,
      [["sites", [["a"], times(MAX_KEY_SITES, "a"), null, undefined], [[], ["_"], times(MAX_KEY_SITES + 1, "a")]]],
      { name: "n", scopes: ["read"] },
    ],
  ])("for %s are within bounds, and a misspelt one is an error (%#)", (_, schema, bounds, whole = {}) => {
    for (const [name, good, bad] of bounds) {
      for (const value of good) {
        expect(schema.safeParse({ ...whole, [name]: value }).success, `${name} ${JSON.stringify(value)}`).toBe(true);
      }
      for (const value of bad) {
        expect(schema.safeParse({ ...whole, [name]: value }).success, `${name} ${JSON.stringify(value)}`).toBe(false);
      }
    }
    expect(schema.safeParse(whole).success).toBe(true);
    expect(schema.safeParse({ ...whole, misspelt: "1" }).success).toBe(false);
  });

  it.each<[string, z.ZodType, object]>([
    ["a list", ListQuery, { limit: LIST_DEFAULT }],
    ["an overview", OverviewQuery, { bots: "exclude" }],
    ["a breakdown", BreakdownQuery, { bots: "exclude", limit: LIST_DEFAULT }],
    ["countries", GeoQuery, { bots: "exclude", limit: LIST_DEFAULT, by: "country" }],
    ["sources", SourcesQuery, { bots: "exclude", limit: LIST_DEFAULT, by: "source" }],
    ["devices", DevicesQuery, { bots: "exclude", limit: LIST_DEFAULT, by: "device" }],
    ["bots", BotsQuery, { limit: LIST_DEFAULT, by: "rule" }],
    ["events", EventTypesQuery, { bots: "exclude", limit: LIST_DEFAULT, interval: "total" }],
    // All days that are asked for, unless a page of them is.
    ["days", DailyQuery, { bots: "exclude", tz: "UTC" }],
    // A list shows what there is: bots are left out of sums alone.
    ["sessions", SessionsQuery, { bots: "include", limit: LIST_DEFAULT }],
    ["who is there", RealtimeQuery, { bots: "exclude", limit: LIST_DEFAULT }],
  ])("for %s have what is usual where they say nothing", (_, schema, usual) => {
    expect(schema.parse({})).toEqual(usual);
  });

  it("are read as what is stored: codes in capitals, names in small letters, a page without its query", () => {
    const query = {
      country: "de",
      source: "Google",
      campaign: "SPRING",
      page: "https://a.example/x?y#z",
      min_bot: "7",
    };
    expect(BreakdownQuery.parse({ ...query, from: "5", limit: "9" })).toEqual({
      country: "DE",
      source: "google",
      campaign: "spring",
      page: "https://a.example/x",
      min_bot: 7,
      from: 5,
      limit: 9,
      bots: "exclude",
    });
  });

  it("find a page in any spelling of its address, a source by any name of it, and a name of any length", () => {
    const read = (query: object) => BreakdownQuery.parse(query);
    for (const page of ["https://a.example", "HTTPS://A.example:443/?b", "https://me:secret@a.example/#c"]) {
      expect(read({ page }).page).toBe("https://a.example/");
    }
    expect(read({ page: "https://a.example/ü" }).page).toBe(read({ page: "https://a.example/%c3%bc" }).page);
    for (const source of ["Facebook.com", "fb", " FACEBOOK ", "https://l.facebook.com/", "face-book"]) {
      expect(read({ source }).source).toBe("facebook");
    }
    expect(read({ source: "(direct)" }).source).toBe("direct");
    const long = `${text(63)}😀 the rest`;
    expect(read({ campaign: long.toUpperCase() }).campaign).toBe(`${text(63)}😀`);
    expect(read({ campaign: long }).campaign).toBe(read({ campaign: `${text(63)}😀` }).campaign);
  });

  it("for a key name each scope once, and are trimmed", () => {
    expect(KeyInput.parse({ name: " n ", scopes: ["read", "admin", "read"] })).toEqual({
      name: "n",
      scopes: ["read", "admin"],
    });
  });

  it.each([
    [LogsQuery, { from: "2026-11-02", to: "2026-11-01" }, "from", "must not be after to"],
    [RebuildInput, { from: "2026-11-02", to: "2026-11-01" }, "from", "must not be after to"],
    [OverviewQuery, { country: "DEU" }, "country", "must be a country code of two characters"],
    [OverviewQuery, { from: "x" }, "from", "must be epoch milliseconds or ISO 8601, from 1970 to 9999"],
    [DailyQuery, { tz: "Berlin" }, "tz", "must be a time zone such as Europe/Berlin"],
  ])("say which of them is wrong, and how (%#)", (schema, query, path, message) => {
    const [issue] = schema.safeParse(query).error?.issues ?? [];
    expect(issue).toMatchObject({ path: [path], message });
  });
});
