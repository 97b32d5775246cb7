import { expect, it } from "vitest";
import { type ErasureOrder, readErasureOrder } from "../../src/data/store/order";

const ORDER: ErasureOrder = {
  v: 1,
  subject: { kind: "visitor", visitor_id: "v-1" },
  sites: ["shop"],
  keep_leads: false,
  identities: [{ kind: "address", value: "203.0.113.0/24", group: "shop" }],
  sessions: [
    {
      session_id: "s-1",
      starts: [1],
      others: [2],
      identities: [{ kind: "fingerprint", value: "f-1", group: "group:brands" }],
      done: true,
      claim: { counted: true },
    },
  ],
  lead_ids: ["l-1"],
  claims: ["l-2"],
  again_at: null,
};

it("an erasure's order is read as it was written", () => {
  expect(readErasureOrder(structuredClone(ORDER))).toEqual(ORDER);
});

it.each<[string, object, string]>([
  ["a newer version", { v: 2 }, "version 2 is newer than this code, which reads 1"],
  ["no version", { v: undefined }, "has no version"],
  ["an unknown kind of subject", { subject: { kind: "site", site: "shop" } }, "subject has an unknown shape"],
  ["an identity as a list", { identities: [["address", "203.0.113.0/24", "shop"]] }, "identities has an unknown shape"],
])("an order with %s is refused", (_, change, message) => {
  expect(() => readErasureOrder({ ...ORDER, ...change })).toThrow(message);
});
