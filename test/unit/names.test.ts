import { describe, expect, it } from "vitest";
import { fieldOf, looksLikeLead, sortFields } from "../../src/core/leads/names";

describe("a field's name", () => {
  it.each([
    ["site", "site"],
    ["sessionid", "session_id"],
    ["session_key", "session_key"],
    ["visitor_id", "visitor_id"],
    ["submission-id", "submission_id"],
    ["Idempotency-Key", "submission_id"],
    ["Your Name", "name"],
    ["fname", "first_name"],
    ["surname", "last_name"],
    ["E-Mail-Address", "email"],
    ["Telephone Number", "phone"],
    ["WhatsApp", "phone"],
    ["phone_no", "phone"],
    ["enquiry", "message"],
    ["Project.Name", "project"],
    ["city", "location"],
    ["Team", "team"],
    ["lead__source", "source"],
    ["utm_term", "keyword"],
    ["dial - code", "country_code"],
    ["redirectTo", "redirect"],
  ])("%s means %s, whatever its case and what divides its words", (name, field) => {
    expect(fieldOf(name)).toBe(field);
  });

  it.each(["", "-", "emails!", "e/mail", "xemail", "fields", "toString", "constructor"])("%j means none", (name) => {
    expect(fieldOf(name)).toBeUndefined();
  });
});

describe("a lead's body", () => {
  it.each<[Record<string, unknown>, boolean]>([
    [{ "E-Mail": null }, true],
    [{ tel: "1" }, true],
    [{ name: "Anna", colour: "red", phone: "1" }, true],
    [{ name: "Anna", message: "Hello" }, false],
    [{ colour: "red" }, false],
    [{}, false],
  ])("is told by an email's or a phone's name: %j is %s", (body, isLead) => {
    expect(looksLikeLead(body)).toBe(isLead);
  });
});

describe("a field's values", () => {
  it("are none where it only tells the form's charset", () => {
    expect(sortFields({ _charset_: "UTF-8", _CHARSET_: "x", charset: "y" })).toEqual({ fields: { charset: "y" } });
  });

  it.each([null, undefined, ""])("give way to a second spelling's where the first is %j", (empty) => {
    expect(sortFields({ email: empty, mail: "a@b.co" })).toEqual({ email: "a@b.co", fields: {} });
    expect(sortFields({ email: "a@b.co", mail: empty })).toEqual({ email: "a@b.co", fields: {} });
  });

  it("of a second spelling are kept under its own name, those that say nothing among them not", () => {
    expect(sortFields({ tel: "1", phone: "2", mobile: "", cell: 0 })).toEqual({
      phone: "1",
      fields: { phone: "2", cell: 0 },
    });
  });

  it.each(["name", "first_name", "last_name", "message", "project", "location", "team", "source", "keyword"])(
    "may be an empty text in %s, which is one",
    (field) => {
      expect(sortFields({ [field]: "" })).toEqual({ [field]: "", fields: {} });
      expect(sortFields({ [field]: null })).toEqual({ fields: {} });
      expect(sortFields({ [field]: undefined })).toEqual({ fields: {} });
    },
  );

  it.each(["email", "phone", "site", "session_id", "visitor_id", "submission_id", "country_code", "redirect"])(
    "say nothing where they are empty in %s",
    (field) => {
      for (const empty of ["", null, undefined]) expect(sortFields({ [field]: empty })).toEqual({ fields: {} });
    },
  );

  it.each<[string, unknown, unknown]>([
    ["phone", 4_930_901_820, "4930901820"],
    ["phone", Number.MAX_SAFE_INTEGER, String(Number.MAX_SAFE_INTEGER)],
    // Digits are lost beyond, so that it would be somebody else's.
    ["phone", Number.MAX_SAFE_INTEGER + 1, ""],
    ["phone", 1.5, ""],
    ["phone", "030 1", "030 1"],
    ["name", 7, "7"],
    ["name", 1.5, "1.5"],
    ["name", Number.NaN, Number.NaN],
    ["phone", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ["name", true, true],
    ["message", ["a"], ["a"]],
  ])("of %s: %j is read as %j", (field, value, read) => {
    expect(sortFields({ [field]: value })).toEqual({ [field]: read, fields: {} });
  });

  it("of other names stay what they are, empty ones and numbers too", () => {
    const rest = { Colour: "", Budget: 5, Agreed: false, Empty: null };
    expect(sortFields(rest)).toEqual({ fields: rest });
  });

  it.each([
    "visitor_secret",
    "visitorSecret",
    "Visitor-Secret",
    "pulsegate.visitor_secret",
    "visitor_secret[]",
    "fields[visitor_secret]",
    "fields[pulsegate.visitor_secret][0]",
  ])("are not what a visitor's id is made of: %s", (name) => {
    expect(sortFields({ [name]: "s", fields: { [name]: "s", colour: "red" } })).toEqual({
      fields: { colour: "red" },
    });
  });

  it("are kept where a name has only one of the words of that", () => {
    const fields = { visitor: "Anna", secret_wish: "a boat" };
    expect(sortFields(fields)).toEqual({ fields });
  });

  it.each([[["a"]], ["text"], [null], [5]])("named `fields` are one field where they are no object: %j", (fields) => {
    expect(sortFields({ fields })).toEqual({ fields: { fields } });
  });

  it("named `fields` are taken out of their object, in small letters only", () => {
    expect(sortFields({ fields: { email: "a@b.co" }, Fields: { a: 1 } })).toEqual({
      fields: { email: "a@b.co", Fields: { a: 1 } },
    });
  });
});
