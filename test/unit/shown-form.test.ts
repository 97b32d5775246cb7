import { expect, it } from "vitest";
import { shownForm } from "../../src/core/leads/form";
import { FormDefinition, Forms } from "../../src/protocol/form";

const contact = FormDefinition.parse({
  title: "Contact",
  fields: [
    { name: "E-Mail", label: "Your address", type: "email" },
    { name: "fullName", label: "Your name" },
    { name: "budget", label: "Budget", required: true },
  ],
});
const forms: Forms = { ...Forms.parse(undefined), honeypot: "url2", definitions: { contact } };

it("a form is shown as it is defined, with its site, its name and the site's honeypot", () => {
  expect(shownForm("shop", "contact", forms)).toEqual({ ...contact, site: "shop", name: "contact", honeypot: "url2" });
});

it("a form requires what the site requires of every lead, however its fields are spelled", () => {
  const shown = shownForm("shop", "contact", { ...forms, required: ["phone", "email"] });
  expect(shown?.fields.map(({ name, required }) => [name, required])).toEqual([
    ["E-Mail", true],
    ["fullName", false],
    ["budget", true],
  ]);
  expect(contact.fields.map(({ required }) => required)).toEqual([false, false, true]);
});

it.each(["", "other", "Contact", "toString", "__proto__", "constructor"])("there is no form %j", (name) => {
  expect(shownForm("shop", name, forms)).toBeNull();
});
