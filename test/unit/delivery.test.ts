import { describe, expect, it } from "vitest";
import { delivery_id, newDelivery } from "../../src/core/leads/delivery";
import { claimsOf, keysOf } from "../../src/core/leads/identity";
import { messageType } from "../../src/core/leads/lead";

describe("a delivery", () => {
  it("is named by what it is of, its number and where it goes, without a dot or the subject's dashes", () => {
    expect(delivery_id("0b7e2a52-6f0c-4d3e", 2, "crm-1")).toBe("msg_0b7e2a526f0c4d3e_2_crm-1");
  });

  it("begins due at once, with nothing tried", () => {
    expect(newDelivery("a-b", 1, "crm", 500)).toEqual({
      v: 1,
      delivery_id: "msg_ab_1_crm",
      seq: 1,
      endpoint_id: "crm",
      state: "pending",
      attempts: 0,
      created_at: 500,
      updated_at: 500,
      next_at: 500,
      delivered_at: null,
      status: null,
      reason: null,
      response: null,
    });
  });

  it("is made of every outcome but spam", () => {
    const outcomes = (["created", "merged", "reengaged", "spam"] as const).map(messageType);
    expect(outcomes).toEqual(["lead.created", "lead.merged", "lead.reengaged", null]);
  });
});

describe("a lead's claims", () => {
  const ALL = { visitor_id: "v", email: "a@b.co", phone: "+49" };
  const kindsOf = async (known: Parameters<typeof claimsOf>[0], honeypot = false) =>
    (await claimsOf(known, honeypot)).map(({ kind }) => kind).filter((kind) => kind !== "guest");

  it("are one for each thing that is known, and tell nothing of it", async () => {
    const all = await claimsOf(ALL);
    expect(await kindsOf(ALL)).toEqual(["email", "phone", "visitor"]);
    for (const { key } of all) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(await kindsOf({ ...ALL, email: null })).toEqual(["alone", "phone", "visitor"]);
    expect(await kindsOf({ visitor_id: "v", email: null, phone: null })).toEqual(["visitor"]);
    expect(await kindsOf({ visitor_id: null, email: null, phone: null })).toEqual([]);
    // The same text as something else is another key.
    const [visitor] = await claimsOf({ visitor_id: "a@b.co", email: null, phone: null });
    expect(all.map(({ key }) => key)).not.toContain(visitor?.key);
  });

  it("have a phone as typed and a name, which tell people apart", async () => {
    const said = { visitor_id: null, email: null, phone: null, typed: "030901820", name: "Zoë Ødegård" };
    expect(await kindsOf(said)).toEqual(["typed", "name"]);
    expect(await kindsOf({ ...said, name: " - " })).toEqual(["typed"]);
    expect(await kindsOf(said, true)).toEqual(["spam"]);
    expect(await claimsOf({ ...said, name: "ODEGARD, Zoe" })).toEqual(await claimsOf(said));
  });

  it("of a guest find it, and are nobody else's", async () => {
    const all = await claimsOf(ALL);
    const guest = all.filter(({ kind }) => kind === "guest").map(({ key }) => key);
    expect(guest).toHaveLength(3);
    for (const { kind, key } of all) expect(guest.includes(key)).toBe(kind === "guest");
    const found = await keysOf({ visitor_id: "v", email: null, phone: null });
    expect(guest.filter((key) => found.includes(key))).toHaveLength(1);
  });

  it("of a visitor who is not proven find the submit, and are not the visitor's", async () => {
    const known = { visitor_id: null, claimed_id: "v", email: null, phone: null };
    expect(await kindsOf(known)).toEqual(["claimed"]);
    const claimed = (await claimsOf(known)).map(({ key }) => key);
    expect(await keysOf(known)).toEqual(claimed);
    const visitors = await keysOf({ visitor_id: "v", email: null, phone: null });
    expect(visitors.filter((key) => claimed.includes(key))).toEqual([]);
    expect(await claimsOf(known, true)).toEqual([]);
  });

  it("of a honeypot's catch find it, and are nobody else's", async () => {
    const caught = await claimsOf(ALL, true);
    expect(caught.map(({ kind }) => kind)).toEqual(["spam", "spam"]);
    const others = (await claimsOf(ALL)).map(({ key }) => key);
    for (const { key } of caught) expect(others).not.toContain(key);
    const found = await keysOf({ visitor_id: null, email: ALL.email, phone: null });
    expect(found).toContain(caught[0]?.key);
    expect(found).toContain(others[0]);
  });
});
