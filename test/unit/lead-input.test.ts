import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { DeliveriesQuery, LeadsQuery, LeadValuesQuery, RedeliverInput } from "../../src/core/api/leads";
import {
  EMAIL_MAX_UNITS,
  LEAD_MAX_FIELD_NAME_UNITS,
  LEAD_MAX_FIELDS,
  MAX_ID_UNITS,
  MAX_URL_UNITS,
  PHONE_MAX_UNITS,
  REDELIVER_MAX,
} from "../../src/limits";
import {
  CallbackInput,
  LEAD_MAX_SHORT_UNITS,
  LEAD_MAX_TEXT_UNITS,
  LEAD_MAX_VALUES,
  LeadInput,
} from "../../src/protocol/lead";

const ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const text = (length: number) => "x".repeat(length);
const times = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const fields = (count: number) => Object.fromEntries(times(count, (i) => [`f${i}`, "x"]));

/** Texts of up to so many characters, or none. */
const upTo = (units: number, least = 0): [unknown[], unknown[]] => [
  [text(units), text(Math.max(1, least)), undefined, ...(least === 0 ? [""] : [])],
  [text(units + 1), 1, null, ...(least === 0 ? [] : [""])],
];
const SCORE: [unknown[], unknown[]] = [
  ["0", "50", "100", undefined],
  ["-1", "101", "1.5", "x"],
];
const TIME: [unknown[], unknown[]] = [
  ["0", "2026-11-29", undefined],
  ["", "x"],
];

describe("a lead, or a question about leads,", () => {
  it.each<[string, z.ZodType, object, string, unknown[], unknown[]]>([
    ["lead", LeadInput, {}, "site", ["a", undefined], ["", "_", null]],
    ["lead", LeadInput, {}, "session_id", [ID, undefined], ["x", null]],
    ["lead", LeadInput, {}, "session_key", ...upTo(256)],
    ["lead", LeadInput, {}, "visitor_id", ["v", undefined], ["", "a b", null]],
    ["lead", LeadInput, {}, "submission_id", ...upTo(256, 1)],
    ...["name", "first_name", "last_name", "project", "location", "team", "source", "keyword"].map(
      (name): [string, z.ZodType, object, string, unknown[], unknown[]] => [
        ...(["lead", LeadInput, {}, name] as const),
        ...upTo(LEAD_MAX_SHORT_UNITS),
      ],
    ),
    ["lead", LeadInput, {}, "email", ...upTo(EMAIL_MAX_UNITS)],
    ["lead", LeadInput, {}, "phone", ...upTo(PHONE_MAX_UNITS)],
    ["lead", LeadInput, {}, "message", ...upTo(LEAD_MAX_TEXT_UNITS)],
    ["lead", LeadInput, {}, "country_code", ...upTo(64)],
    ["lead", LeadInput, {}, "redirect", ...upTo(MAX_URL_UNITS)],
    [
      "lead",
      LeadInput,
      {},
      "fields",
      [{}, { a: text(LEAD_MAX_TEXT_UNITS) }, undefined],
      [{ a: text(LEAD_MAX_TEXT_UNITS + 1) }, []],
    ],
    [
      "lead",
      LeadInput,
      {},
      "fields",
      [{ a: 1, b: true, c: null, d: [] }],
      [{ a: {} }, { a: [{}] }, { a: [["x"]] }, null],
    ],
    [
      "lead",
      LeadInput,
      {},
      "fields",
      [{ a: times(LEAD_MAX_VALUES, () => 1) }],
      [{ a: times(LEAD_MAX_VALUES + 1, () => 1) }],
    ],
    ["lead", LeadInput, {}, "fields", [fields(LEAD_MAX_FIELDS)], [fields(LEAD_MAX_FIELDS + 1)]],
    [
      "lead",
      LeadInput,
      {},
      "fields",
      [{ [text(LEAD_MAX_FIELD_NAME_UNITS)]: 1 }],
      [{ [text(LEAD_MAX_FIELD_NAME_UNITS + 1)]: 1 }],
    ],
    ["callback", CallbackInput, { lead_id: ID, status: "won" }, "lead_id", [ID], ["x", null, undefined]],
    [
      "callback",
      CallbackInput,
      { lead_id: ID, status: "won" },
      "crm_id",
      ["c", text(256), null, undefined],
      ["", text(257), 1],
    ],
    [
      "callback",
      CallbackInput,
      { lead_id: ID, status: "won" },
      "status",
      ["s", text(64)],
      ["", text(65), null, undefined],
    ],
    ["list", LeadsQuery, {}, "from", ...TIME],
    ["list", LeadsQuery, {}, "to", ...TIME],
    ["list", LeadsQuery, {}, "site", ["a", undefined], ["_"]],
    ["list", LeadsQuery, {}, "project", ...upTo(256)],
    ["list", LeadsQuery, {}, "source", ...upTo(256)],
    ["list", LeadsQuery, {}, "status", ...upTo(256)],
    ["list", LeadsQuery, {}, "label", ["human", "suspect", "bot", undefined], ["", "Human"]],
    ["list", LeadsQuery, {}, "session_id", ...upTo(64)],
    ["list", LeadsQuery, {}, "q", ...upTo(200, 1)],
    ...["engagement", "bot", "vpn", "risk"]
      .flatMap((score) => [`min_${score}`, `max_${score}`])
      .map((name): [string, z.ZodType, object, string, unknown[], unknown[]] => [
        ...(["list", LeadsQuery, {}, name] as const),
        ...SCORE,
      ]),
    ["list", LeadsQuery, {}, "limit", ["1", "100", undefined], ["0", "101"]],
    ["list", LeadsQuery, {}, "cursor", ...upTo(512)],
    ["list", LeadsQuery, {}, "more", [], ["1"]],
    ["list of values", LeadValuesQuery, {}, "from", ...TIME],
    ["list of values", LeadValuesQuery, {}, "site", ["a", undefined], ["_"]],
    ["list of values", LeadValuesQuery, {}, "more", [], ["1"]],
    ["list of deliveries", DeliveriesQuery, {}, "to", ...TIME],
    ["list of deliveries", DeliveriesQuery, {}, "site", ["a", undefined], ["_"]],
    ["list of deliveries", DeliveriesQuery, {}, "state", ["pending", "delivered", "dead", undefined], ["lost", ""]],
    ["list of deliveries", DeliveriesQuery, {}, "endpoint", ...upTo(32)],
    ["list of deliveries", DeliveriesQuery, {}, "lead_id", ...upTo(64)],
    ["list of deliveries", DeliveriesQuery, {}, "limit", ["1", "100", undefined], ["0", "101"]],
    ["list of deliveries", DeliveriesQuery, {}, "more", [], ["1"]],
    [
      "redelivery",
      RedeliverInput,
      {},
      "ids",
      [["a"], times(REDELIVER_MAX, () => text(MAX_ID_UNITS))],
      [[], undefined, "a"],
    ],
    [
      "redelivery",
      RedeliverInput,
      {},
      "ids",
      [["a", "b"]],
      [times(REDELIVER_MAX + 1, () => "a"), [""], [text(MAX_ID_UNITS + 1)]],
    ],
    ["redelivery", RedeliverInput, { state: "dead", site: "a" }, "state", ["dead"], ["pending", undefined]],
    ["redelivery", RedeliverInput, { state: "dead", site: "a" }, "site", ["b"], ["_", undefined]],
    ["redelivery", RedeliverInput, { state: "dead", site: "a" }, "endpoint", ...upTo(32)],
    // What is named, or what is dead: not both at once.
    ["redelivery", RedeliverInput, { state: "dead", site: "a" }, "ids", [], [["a"]]],
  ])("as a %s, is within bounds (%#)", (_, schema, whole, name, good, bad) => {
    for (const value of good) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, `${name} ${JSON.stringify(value)}`).toBe(true);
    }
    for (const value of bad) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, `${name} ${JSON.stringify(value)}`).toBe(false);
    }
  });

  it("may be empty: then it has no fields, and a list its usual length", () => {
    expect(LeadInput.parse({})).toEqual({ fields: {} });
    expect(LeadsQuery.parse({ min_bot: "7" })).toEqual({ limit: 50, min_bot: 7 });
    expect(DeliveriesQuery.parse({})).toEqual({ limit: 50 });
  });

  it("keeps its texts and values as they came, and its session's id in lower case", () => {
    const values = { a: " x ", b: [1, "y", null, false] };
    expect(LeadInput.parse({ session_id: ID.toUpperCase(), name: " N ", fields: values })).toEqual({
      session_id: ID,
      name: " N ",
      fields: values,
    });
  });

  it("says how many fields there may be", () => {
    const { error } = LeadInput.safeParse({ fields: fields(LEAD_MAX_FIELDS + 1) });
    expect(error?.issues[0]?.message).toBe(`at most ${LEAD_MAX_FIELDS} fields`);
  });
});
