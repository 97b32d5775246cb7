import { describe, expect, it } from "vitest";
import { compose } from "../../src/core/leads/compose";
import { sortFields } from "../../src/core/leads/names";
import { saidOf, submitName } from "../../src/core/leads/submit-name";
import { Forms } from "../../src/protocol/form";
import { LeadInput } from "../../src/protocol/lead";

const forms = Forms.parse({});

/** The name of what a form said, sent from a country. */
async function nameOf(body: Record<string, unknown>, edge: string | null = "DE", site = "shop"): Promise<string> {
  const input = LeadInput.parse(sortFields(body));
  const composed = compose(input, forms, edge);
  if (Array.isArray(composed)) throw new Error(JSON.stringify(composed));
  return submitName(site, input.submission_id ?? "", saidOf(input, composed));
}

const ANNA = {
  submission_id: "contact-form-1",
  name: "Anna Ødegård",
  email: "anna@shop.example",
  message: "Hi\nthere",
};

describe("tries are one submit", () => {
  it.each([
    ["in another spelling of the email", { email: " ANNA@Shop.Example " }],
    ["with a browser's line ends", { message: "Hi\r\nthere" }],
    ["with blanks around", { name: "  Anna Ødegård ", message: "Hi there\n" }],
    ["with its letters composed in another way", { name: "Anna Ødegård".normalize("NFD") }],
    ["from another session, with the button that was pressed", { session_id: crypto.randomUUID(), which: "top" }],
    ["with the name in two fields", { name: undefined, first_name: "Anna", last_name: "Ødegård" }],
    ["with blanks around its id", { submission_id: " contact-form-1 " }],
  ])("%s", async (_, other) => {
    expect(await nameOf({ ...ANNA, ...other })).toBe(await nameOf(ANNA));
  });

  it.each([
    ["+49 30 901820", { phone: "0049 (30) 90 18 20" }, "DE"],
    ["+49 30 901820", { phone: "030/901820", country: "DE" }, "US"],
    // Without a country it is the caller's, who may be elsewhere by now.
    ["030 901820", { phone: "030-901820" }, "US"],
  ])("with the phone %s as %o, from %s", async (phone, other, edge) => {
    expect(await nameOf({ ...ANNA, ...other }, edge)).toBe(await nameOf({ ...ANNA, phone }));
  });
});

describe("another submit under the same id is one", () => {
  it.each([
    ["of another email", { email: "bert@shop.example" }],
    ["of another name", { name: "Bert" }],
    ["without a name", { name: undefined }],
    ["with another message", { message: "Hi there, again" }],
    ["with a phone", { phone: "+49 30 901820" }],
    ["with a phone that cannot be dialled", { phone: "ask for me" }],
    ["with words in another place", { name: "Anna Ødegård Hi", message: "there" }],
  ])("%s", async (_, other) => {
    expect(await nameOf({ ...ANNA, ...other })).not.toBe(await nameOf(ANNA));
  });

  it("on another site, or under another id", async () => {
    const name = await nameOf(ANNA);
    expect(await nameOf(ANNA, "DE", "blog")).not.toBe(name);
    expect(await nameOf({ ...ANNA, submission_id: "contact-form-2" })).not.toBe(name);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes no time over what is long", async () => {
    const began = performance.now();
    await nameOf({ ...ANNA, message: " \n".repeat(5_000) });
    expect(performance.now() - began).toBeLessThan(500);
  });
});
