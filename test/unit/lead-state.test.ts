import { expect, it } from "vitest";
import { readText } from "../../src/core/stored";
import { type LeadState, readLeadState } from "../../src/data/store/lead";

/** As version 1 stores it, byte for byte. */
const STORED =
  '{"v":1,"lead_id":"l-1","site":"shop","own":null,"claim":{"lead_id":"l-1","outcome":"created","guest":false},' +
  '"crm":{"crm_id":null,"status":"won","at":1000,"unprojected":true},' +
  '"unheard":{"session_id":"s-1","key_hash":null,"claimed":"k","asks":0,"ask_at":2000},"wipe_at":null}';

const STATE: LeadState = {
  v: 1,
  lead_id: "l-1",
  site: "shop",
  own: null,
  claim: { lead_id: "l-1", outcome: "created", guest: false },
  crm: { crm_id: null, status: "won", at: 1_000, unprojected: true },
  unheard: { session_id: "s-1", key_hash: null, claimed: "k", asks: 0, ask_at: 2_000 },
  wipe_at: null,
};

it("a lead's state is read as it is stored, and stored as it was", () => {
  expect(readText(readLeadState, STORED)).toEqual(STATE);
  expect(JSON.stringify(STATE)).toBe(STORED);
});

it.each<[string, object, string]>([
  ["a newer version", { v: 2 }, "version 2 is newer than this code, which reads 1"],
  ["no version", { v: undefined }, "has no version"],
  ["an unknown outcome", { claim: { lead_id: "l-1", outcome: "lost" } }, "claim has an unknown shape"],
])("a lead's state with %s is refused", (_, change, message) => {
  expect(() => readLeadState({ ...STATE, ...change })).toThrow(message);
});
