import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { MAX_URL_UNITS } from "../../src/limits";
import {
  FORM_MAX_FIELDS,
  FORM_MAX_OPTIONS,
  FormDefinition,
  FormField,
  Forms,
  ShownForm,
  SITE_MAX_FORMS,
} from "../../src/protocol/form";

const text = (length: number) => "x".repeat(length);
const times = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

const field = (more: object = {}) => ({ name: "email", label: "E-mail", ...more });
const form = (more: object = {}) => ({ fields: [field()], ...more });
const fields = (count: number) => times(count, (i) => field({ name: `f${i}` }));
const definitions = (count: number) => Object.fromEntries(times(count, (i) => [`f${i}`, form()]));

const NAMES: [unknown[], unknown[]] = [
  ["a", "Z", "a_b.c-9", `a${text(63)}`],
  ["", "9a", "_a", "a b", `a${text(64)}`, " a", "a ", 1],
];
const TEXT: [unknown[], unknown[]] = [
  ["", text(256), undefined],
  [text(257), 1, null],
];
const SAID: [unknown[], unknown[]] = [
  ["x", text(256), undefined],
  ["", text(257), 1, null],
];

describe("a site's forms", () => {
  it.each<[string, z.ZodType, object, string, unknown[], unknown[]]>([
    ["field", FormField, field(), "name", ...NAMES],
    ["field", FormField, field(), "label", ["x", text(256)], ["", text(257), null, undefined]],
    [
      "field",
      FormField,
      field(),
      "type",
      ["text", "email", "tel", "url", "number", "date", undefined],
      ["file", "", null],
    ],
    ["field", FormField, field(), "type", ["textarea", "select", "radio", "checkbox", "hidden"], ["password"]],
    ["field", FormField, field(), "required", [true, false, undefined], ["yes", null]],
    ["field", FormField, field(), "placeholder", ...TEXT],
    ["field", FormField, field(), "hint", ...TEXT],
    ["field", FormField, field(), "value", ...TEXT],
    ["field", FormField, field(), "pattern", ...TEXT],
    [
      "field",
      FormField,
      field(),
      "autocomplete",
      ["a", "a-z q", text(64), undefined],
      ["", "A", "a9", text(65), "é", "a_b"],
    ],
    ["field", FormField, field(), "max_length", [1, 2, 10_000, undefined], [0, 10_001, 1.5, "1"]],
    [
      "field",
      FormField,
      field(),
      "options",
      [[], [{ value: "", label: text(256) }], undefined],
      [[{ value: "a" }], ["a"]],
    ],
    [
      ...(["field", FormField, field(), "options"] as const),
      [times(FORM_MAX_OPTIONS, () => ({ value: "a", label: "A" }))],
      [times(FORM_MAX_OPTIONS + 1, () => ({ value: "a", label: "A" })), [{ value: "a", label: "A", more: 1 }]],
    ],
    ["field", FormField, field(), "more", [], [1]],
    ["form", FormDefinition, form(), "title", ...TEXT],
    [
      "form",
      FormDefinition,
      form(),
      "fields",
      [fields(1), fields(FORM_MAX_FIELDS)],
      [[], fields(FORM_MAX_FIELDS + 1), null],
    ],
    ["form", FormDefinition, form(), "fields", [[field(), field({ name: "b" })]], [[field(), field()]]],
    ["form", FormDefinition, form(), "submit", ...SAID],
    ["form", FormDefinition, form(), "success", ...SAID],
    ["form", FormDefinition, form(), "failure", ...SAID],
    [
      ...(["form", FormDefinition, form(), "redirect"] as const),
      ["https://a.example/thanks", "/thanks", "/", `/${text(MAX_URL_UNITS - 1)}`, undefined],
      // Two slashes, or a slash and a backslash, lead to another host.
      ["thanks", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", `/${text(MAX_URL_UNITS)}`, " /a"],
    ],
    [
      "form",
      FormDefinition,
      form(),
      "theme",
      [{}, { accent: "#c00", "font-size": "1.5em" }, undefined],
      [{ Accent: "red" }],
    ],
    ["form", FormDefinition, form(), "theme", [{ a: text(128), [text(32)]: "url" }], [{ a: text(129) }, { a: "" }]],
    [
      "form",
      FormDefinition,
      form(),
      "theme",
      [{ a: `var(--b), "c" 'd' 1/2%` }],
      [{ a: "red;" }, { a: "{" }, { a: "<" }],
    ],
    [
      "form",
      FormDefinition,
      form(),
      "theme",
      [{ "a-b": "x" }],
      [{ [text(33)]: "x" }, { "-a": "x" }, { a9: "x" }, { "": "x" }],
    ],
    [
      "form",
      FormDefinition,
      form(),
      "campaign",
      [[], ["gclid"], times(16, () => "a"), undefined],
      [["9"], times(17, () => "a")],
    ],
    ["form", FormDefinition, form(), "more", [], [1]],
    [
      "rules",
      Forms,
      {},
      "required",
      [[], ["name", "email", "phone", "message", "project"], undefined],
      [["age"], "name"],
    ],
    ["rules", Forms, {}, "required", [["location", "team", "source", "keyword"]], [times(10, () => "name")]],
    ["rules", Forms, {}, "required", [times(9, () => "name")], [[""]]],
    ["rules", Forms, {}, "honeypot", ...NAMES],
    [
      "rules",
      Forms,
      {},
      "redirect_hosts",
      [[], ["a.example", "a-b.example:8443", text(253)], undefined],
      [[text(254)], [""]],
    ],
    [
      "rules",
      Forms,
      {},
      "redirect_hosts",
      [times(50, () => "a"), ["a:1", "a:12345"]],
      [times(51, () => "a"), ["a:123456"]],
    ],
    [
      "rules",
      Forms,
      {},
      "redirect_hosts",
      [["1.2.3.4"]],
      [["A.example"], ["a/b"], ["https://a"], ["a:"], ["a:b"], [" a"]],
    ],
    ["rules", Forms, {}, "silence_minutes", [5, 30, 10_080, undefined], [4, 10_081, 5.5, "5"]],
    [
      "rules",
      Forms,
      {},
      "definitions",
      [{}, { contact: form() }, definitions(SITE_MAX_FORMS)],
      [definitions(SITE_MAX_FORMS + 1)],
    ],
    ["rules", Forms, {}, "definitions", [undefined], [{ "9": form() }, { a: {} }, []]],
    ["rules", Forms, {}, "more", [], [1]],
  ])("keep a %s within bounds (%#)", (_, schema, whole, name, good, bad) => {
    for (const value of good) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(true);
    }
    for (const value of bad) {
      expect(schema.safeParse({ ...whole, [name]: value }).success, JSON.stringify(value)).toBe(false);
    }
  });

  it("have no rules unless there are some, but a trap, and an alert after half an hour of silence", () => {
    const usual = { required: [], honeypot: "pulse_website", redirect_hosts: [], silence_minutes: 30, definitions: {} };
    expect(Forms.parse({})).toEqual(usual);
    expect(Forms.parse(undefined)).toEqual(usual);
  });

  it("say that two fields have one name, and that they are too many", () => {
    const messages = (schema: z.ZodType, value: unknown) =>
      schema.safeParse(value).error?.issues.map((one) => one.message);
    expect(messages(FormDefinition, form({ fields: [field(), field()] }))).toEqual(["names must differ"]);
    expect(messages(Forms, { definitions: definitions(SITE_MAX_FORMS + 1) })).toEqual([
      `at most ${SITE_MAX_FORMS} forms`,
    ]);
  });
});

describe("a form", () => {
  it("has the campaign's parameters, a button and what is said, unless it says otherwise", () => {
    expect(FormDefinition.parse(form())).toEqual({
      fields: [{ name: "email", label: "E-mail", type: "text", required: false }],
      submit: "Send",
      success: "Thank you. We will be in touch.",
      failure: "This could not be sent. Please try again.",
      theme: {},
      campaign: ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"],
    });
  });

  it("is shown with its site, its name and the field that nobody sees", () => {
    const shown = form({ site: "a", name: "contact", honeypot: "pulse_website" });
    expect(ShownForm.safeParse(shown).success).toBe(true);
    for (const name of ["site", "name", "honeypot", "fields"]) {
      expect(ShownForm.safeParse({ ...shown, [name]: undefined }).success, name).toBe(false);
    }
    expect(ShownForm.safeParse({ ...shown, honeypot: "9" }).success).toBe(false);
  });
});
