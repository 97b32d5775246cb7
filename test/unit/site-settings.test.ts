import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { RecordSetting } from "../../src/protocol/recording";
import { SiteInput } from "../../src/protocol/site";

const times = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

describe("a site's settings", () => {
  it.each<[string, z.ZodType, object, string, unknown[], unknown[]]>([
    [
      "site",
      SiteInput,
      {},
      "allowed_origins",
      [[], ["*"], ["https://a.example", "http://a.example:8080"]],
      [["a"], "*"],
    ],
    [
      "site",
      SiteInput,
      {},
      "allowed_origins",
      [times(100, () => "*"), undefined],
      [times(101, () => "*"), ["https://a.example/"]],
    ],
    [
      "site",
      SiteInput,
      {},
      "allowed_origins",
      [["https://[::1]"]],
      [["https://A.example"], ["https://a.example:443"], [""]],
    ],
    [
      "site",
      SiteInput,
      {},
      "allowed_origins",
      [["http://localhost"]],
      [["ftp://a.example"], ["xhttps://a.example"], ["https://"]],
    ],
    [
      "site",
      SiteInput,
      {},
      "dashboard_origins",
      [[], ["*"], times(100, () => "*"), undefined],
      [times(101, () => "*"), ["a"]],
    ],
    ["site", SiteInput, {}, "default_consent", ["granted", "pending", "denied", undefined], ["yes", null]],
    ["site", SiteInput, {}, "ip", ["full", "masked", "hashed", undefined], ["none", null]],
    [
      "site",
      SiteInput,
      {},
      "expose",
      [[], ["engagement"], undefined],
      [["risk"], ["engagement", "engagement"], "engagement"],
    ],
    [
      "site",
      SiteInput,
      {},
      "allow",
      [[], ["code", "ord_*", "*@shop.example", "a".repeat(64), "data[key]"], Array(32).fill("a"), undefined],
      [["*"], ["**"], ["*-*"], [""], ["a b"], ["a,b"], ["é"], ["a".repeat(65)], Array(33).fill("a"), "code", null, [1]],
    ],
    ["site", SiteInput, {}, "trailing_slash", ["keep", "drop", undefined], ["always", "", null, true]],
    [
      "site",
      SiteInput,
      {},
      "identity_group",
      ["brands", "a".repeat(64), null, undefined],
      ["", "a:b", "a b", "a/b", 1],
    ],
    ["site", SiteInput, {}, "lead_retention_days", [1, 3_650, null, undefined], [0, 3_651, 1.5, "30", -1]],
    [
      "site",
      SiteInput,
      {},
      "budgets",
      [{}, undefined, { site_bytes_per_day: 100_000 }, { address_bytes_per_hour: 1e15 }],
      [
        null,
        { site_bytes_per_day: 99_999 },
        { session_bytes_per_hour: 1e15 + 1 },
        { day: 1 },
        { site_bytes_per_day: 1.5e5 + 0.5 },
      ],
    ],
    ["site", SiteInput, {}, "events", ["database", "archive", undefined], ["both", "", null, false]],
    ["site", SiteInput, {}, "kv", ["all", "notable", undefined], ["none", "", null, true]],
    ["site", SiteInput, {}, "record", [true, false, undefined], ["yes", null, {}]],
    ["site", SiteInput, {}, "webhooks", [[], undefined], [[{}], {}]],
    ["site", SiteInput, {}, "forms", [{}, undefined], [[], null]],
    ["site", SiteInput, {}, "more", [], [1]],
  ])("keep a %s within bounds (%#)", (_, schema, whole, name, good, bad) => {
    for (const value of good) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(true);
    }
    for (const value of bad) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(false);
    }
  });

  it("have an origin's length bounded as well", () => {
    const origin = (length: number) => {
      const labels = `${"a".repeat(60)}.`.repeat(4);
      return `https://${labels}`.slice(0, length).replace(/\.$/, "a");
    };
    const longest = origin(252);
    expect(SiteInput.safeParse({ allowed_origins: [`${longest}:123`] }).success).toBe(true);
    expect(SiteInput.safeParse({ allowed_origins: [`${longest}:1234`] }).success).toBe(false);
  });

  it("that are left out are what is safe: no origin, masked addresses, nothing told, nothing recorded", () => {
    const forms = { required: [], honeypot: "pulse_website", redirect_hosts: [], silence_minutes: 30, definitions: {} };
    expect(SiteInput.parse({})).toEqual({
      allowed_origins: [],
      dashboard_origins: [],
      default_consent: "granted",
      ip: "masked",
      expose: [],
      allow: [],
      record: false,
      trailing_slash: "keep",
      identity_group: null,
      events: "database",
      kv: "all",
      webhooks: [],
      forms,
      lead_retention_days: null,
      budgets: {
        session_bytes_per_hour: 4_000_000,
        address_bytes_per_hour: 22_000_000,
        site_bytes_per_day: 4_000_000_000,
      },
    });
  });

  it("say what an origin looks like", () => {
    const { error } = SiteInput.safeParse({ allowed_origins: ["a"] });
    expect(error?.issues.map(({ message }) => message)).toEqual([
      "must be an origin such as https://shop.example, or *",
    ]);
  });
});

describe("a setting for recordings", () => {
  it.each<[unknown, unknown]>([
    [undefined, false],
    [false, false],
    [true, true],
    [{ mode: "always" }, { mode: "always", text: "shown" }],
    [
      { mode: "always", text: "masked" },
      { mode: "always", text: "masked" },
    ],
    [
      { mode: "score", score: "risk", over: 0 },
      { mode: "score", score: "risk", over: 0, text: "shown" },
    ],
    [
      { mode: "score", score: "engagement", over: 99, text: "shown" },
      { mode: "score", score: "engagement", over: 99, text: "shown" },
    ],
  ])("%j is %j", (given, setting) => {
    expect(RecordSetting.parse(given)).toEqual(setting);
  });

  it.each([
    [{ mode: "never" }],
    [{ mode: "always", over: 5 }],
    [{ mode: "always", text: "hidden" }],
    [{ mode: "score", score: "bot", over: 5 }],
    [{ mode: "score", score: "risk" }],
    [{ mode: "score", score: "risk", over: -1 }],
    [{ mode: "score", score: "risk", over: 100 }],
    [{ mode: "score", score: "risk", over: 1.5 }],
    [{ mode: "score", score: "risk", over: 5, more: 1 }],
    [null],
  ])("is not %j", (given) => {
    expect(RecordSetting.safeParse(given).success).toBe(false);
  });
});
