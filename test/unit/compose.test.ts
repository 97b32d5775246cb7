import { describe, expect, it } from "vitest";
import { compose } from "../../src/core/leads/compose";
import { Forms } from "../../src/protocol/form";
import { LeadInput } from "../../src/protocol/lead";

const EMPTY = Forms.parse(undefined);

const read = (body: Record<string, unknown>, required: Forms["required"] = [], country: string | null = "DE") =>
  compose(LeadInput.parse(body), { ...EMPTY, required }, country);

/** The contact of what is a lead. */
function contactOf(body: Record<string, unknown>, country: string | null = "DE") {
  const composed = read(body, [], country);
  if (Array.isArray(composed)) throw new Error(JSON.stringify(composed));
  return composed.contact;
}

/** What is wrong, and with which field. */
const faultsOf = (body: Record<string, unknown>, required: Forms["required"] = []) => {
  const composed = read(body, required);
  return Array.isArray(composed) ? composed.map(({ path, message }) => `${path} ${message}`) : [];
};

describe("a lead's contact", () => {
  it("is all that was said, read", () => {
    const said = { message: "Hi", project: "P", location: "L", team: "T", source: "S", keyword: "K" };
    const body = { ...said, name: "Anna", email: " Anna@Gmail.com", phone: "030 901820", fields: { a: 1 } };
    expect(read(body)).toEqual({
      contact: {
        ...said,
        name: "Anna",
        email: "Anna@Gmail.com",
        email_class: "free",
        phone: "+4930901820",
        country_code: "DE",
        fields: { a: 1 },
      },
      email: { address: "Anna@Gmail.com", key: "anna@gmail.com", class: "free" },
      phone: { number: "+4930901820", country: "DE", isWhole: true },
    });
  });

  it("has null for what was not said", () => {
    const nothing = { name: null, phone: null, message: null, project: null, location: null, team: null, source: null };
    expect(contactOf({ email: "a@b.co" })).toEqual({
      ...nothing,
      keyword: null,
      country_code: null,
      fields: {},
      email: "a@b.co",
      email_class: "own",
    });
    expect(contactOf({ phone: "+49 30 901820" })).toMatchObject({ email: null, email_class: null });
  });

  it.each([
    [{ name: "Anna Ott", first_name: "A", last_name: "O" }, "Anna Ott"],
    [{ first_name: "Anna", last_name: "Ott" }, "Anna Ott"],
    [{ first_name: "Anna" }, "Anna"],
    [{ last_name: "Ott" }, "Ott"],
    [{ first_name: "", last_name: "Ott" }, "Ott"],
    [{ name: "", first_name: "Anna" }, "Anna"],
    [{ name: "" }, ""],
    [{ first_name: "" }, null],
    [{}, null],
  ])("of %j has the name %j", (said, name) => {
    expect(contactOf({ email: "a@b.co", ...said }).name).toBe(name);
  });

  it("reads a phone by the country that was said, and by the caller's else", () => {
    expect(contactOf({ phone: "020 7946 0958", country_code: "GB" })).toMatchObject({
      phone: "+442079460958",
      country_code: "GB",
    });
    expect(contactOf({ phone: "030 901820", country_code: "+49" }, null)).toMatchObject({
      phone: "+4930901820",
      country_code: "+49",
    });
  });

  it("reads a phone by the page's locale where the form does not say the country", () => {
    const said = (fields: Record<string, unknown>) => contactOf({ phone: "06 12 34 56 78", fields }).phone;
    for (const name of ["locale", "Page-Language", "lang", "_wpcf7_locale"]) {
      expect(said({ [name]: "fr_FR" })).toBe("+33612345678");
    }
    expect(said({ locale: 5 })).not.toBe("+33612345678");
    expect(said({ other: "fr_FR" })).not.toBe("+33612345678");
  });

  it("keeps a number that cannot be placed as it was typed, and says of it that nobody is known by it", () => {
    const composed = read({ phone: " 030 901820 " }, ["phone"], null);
    expect(composed).toMatchObject({ contact: { phone: "030 901820", fields: {} }, phone: null });
  });

  it("keeps beside its number what else was typed", () => {
    expect(contactOf({ phone: "030 901820 / 030 901821" })).toMatchObject({
      phone: "+4930901820",
      fields: { phone: "030 901820 / 030 901821" },
    });
    expect(contactOf({ phone: "030 901820 ext. 5" }).fields).toEqual({ phone: "030 901820 ext. 5" });
  });

  it("keeps a phone that is no number among its fields, and no empty one", () => {
    expect(contactOf({ email: "a@b.co", phone: "call me", fields: { a: 1 } }).fields).toEqual({
      a: 1,
      phone: "call me",
    });
    expect(contactOf({ email: "a@b.co", phone: "", fields: { a: 1 } }).fields).toEqual({ a: 1 });
    expect(contactOf({ email: "a@b.co", phone: "030 901820", fields: { a: 1 } }).fields).toEqual({ a: 1 });
  });
});

describe("a lead is refused", () => {
  const NO_EMAIL = "email is no email address";
  const NO_PHONE = "phone is no phone number";
  const NEITHER = "email an email address or a phone number is needed";

  it.each<[Record<string, unknown>, string[]]>([
    [{}, [NEITHER]],
    [{ email: "x" }, [NO_EMAIL]],
    [{ email: "" }, [NO_EMAIL]],
    [{ phone: "x" }, [NO_PHONE]],
    [{ phone: "" }, [NO_PHONE]],
    [{ email: "x", phone: "x" }, [NO_EMAIL, NO_PHONE]],
    [{ email: "x", phone: "030 901820" }, [NO_EMAIL]],
    [{ email: "a@b.co", phone: "x" }, []],
    [{ phone: "030 901820" }, []],
  ])("for how to answer: %j", (body, faults) => {
    expect(faultsOf(body)).toEqual(faults);
  });

  it.each<[Forms["required"], Record<string, unknown>, string[]]>([
    [["name"], {}, ["name is needed"]],
    [["name"], { name: "" }, ["name is needed"]],
    [["name"], { name: "  " }, ["name is needed"]],
    [["name"], { last_name: "Ott" }, []],
    [["name", "team"], { name: "Anna" }, ["team is needed"]],
    [["phone"], {}, ["phone is needed"]],
    [["phone"], { phone: "x" }, ["phone is needed"]],
    [["email"], {}, []],
    // One reason for each field.
    [["email"], { email: "x" }, [NO_EMAIL]],
    [["email", "name"], { email: "x" }, [NO_EMAIL, "name is needed"]],
  ])("for what the site requires: %j of %j", (required, body, faults) => {
    expect(faultsOf({ email: "a@b.co", ...body }, required)).toEqual(faults);
  });
});
