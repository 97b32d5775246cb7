import { describe, expect, it } from "vitest";
import { deliveryId, newDelivery } from "../../src/leads/delivery";
import { claimKeys, submissionId } from "../../src/leads/identity";
import { messageType } from "../../src/leads/lead";

describe("a delivery", () => {
  it("is named by what it is of, its number and where it goes, without a dot or the subject's dashes", () => {
    expect(deliveryId("0b7e2a52-6f0c-4d3e", 2, "crm-1")).toBe("msg_0b7e2a526f0c4d3e_2_crm-1");
  });

  it("begins due at once, with nothing tried", () => {
    expect(newDelivery("a-b", 1, "crm", 500)).toEqual({
      ...{ delivery_id: "msg_ab_1_crm", seq: 1, endpoint_id: "crm", state: "pending", attempts: 0 },
      ...{ created_at: 500, updated_at: 500, next_at: 500 },
      ...{ delivered_at: null, status: null, reason: null, response: null },
    });
  });

  it("is made of every outcome but spam", () => {
    const outcomes = (["created", "merged", "reengaged", "spam"] as const).map(messageType);
    expect(outcomes).toEqual(["lead.created", "lead.merged", "lead.reengaged", null]);
  });
});

describe("a lead's names", () => {
  it("of a submit differ by site and by key, and none is made of the other's parts", async () => {
    const ids = await Promise.all([
      submissionId("shop", "k"),
      submissionId("shop", "l"),
      submissionId("sho", "pk"),
      submissionId("k", "shop"),
    ]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("to claim it by are one for each thing that is known, the strongest first, and tell nothing of it", async () => {
    const all = await claimKeys({ visitor_id: "v", email: "a@b.co", phone: "+49" });
    expect(all).toHaveLength(3);
    for (const key of all) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(await claimKeys({ visitor_id: null, email: "a@b.co", phone: "+49" })).toEqual(all.slice(1));
    expect(await claimKeys({ visitor_id: "v", email: null, phone: null })).toEqual(all.slice(0, 1));
    expect(await claimKeys({ visitor_id: null, email: null, phone: null })).toEqual([]);
    // The same text as something else is another key.
    expect(await claimKeys({ visitor_id: "a@b.co", email: null, phone: null })).not.toEqual(all.slice(1, 2));
  });
});
