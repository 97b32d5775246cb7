import { describe, expect, it } from "vitest";
import {
  ADDRESS_SHARDS,
  groupIn,
  groupOf,
  IDENTITY_SHARDS,
  identityName,
  placeOf,
  placeText,
  readPlace,
  sharedBy,
  stemOf,
} from "../../src/core/identity/name";
import { IDENTITY_WAITING_MAX, Waiting } from "../../src/core/identity/waiting";
import { counterName } from "../../src/data/store/counters";

describe("identities that wait", () => {
  it("are taken in the order in which they came, once, and not before they are due", () => {
    const waiting = new Waiting();
    for (const key of ["a", "b", "c"]) waiting.add(key, 10);
    waiting.add("late", 10, 50);
    expect(waiting.next).toBe(10);
    expect(waiting.take(20, 2)).toEqual(["a", "b"]);
    expect(waiting.take(20, 2)).toEqual(["c"]);
    expect([waiting.next, waiting.since]).toEqual([50, 10]);
    expect(waiting.take(49, 2)).toEqual([]);
    expect(waiting.take(50, 2)).toEqual(["late"]);
    expect([waiting.next, waiting.since]).toEqual([null, null]);
  });

  it("wait since they first did", () => {
    const waiting = new Waiting();
    waiting.add("a", 10);
    waiting.add("a", 30);
    expect([waiting.since, waiting.take(29, 1), waiting.take(30, 1)]).toEqual([10, [], ["a"]]);
    waiting.add("b", 40);
    waiting.drop("b");
    expect(waiting.next).toBeNull();
  });

  it("are no more than so many, and more are known to be there until they have been looked up", () => {
    const waiting = new Waiting();
    for (let i = 0; i < IDENTITY_WAITING_MAX; i++) waiting.add(`k${i}`, 1);
    waiting.add("k0", 2);
    expect(waiting.isWhole).toBe(true);
    waiting.add("one more", 2);
    expect(waiting.isWhole).toBe(false);
    expect(waiting.take(9, IDENTITY_WAITING_MAX + 1)).toHaveLength(IDENTITY_WAITING_MAX);
    waiting.found();
    expect(waiting.isWhole).toBe(true);
  });
});

describe("where an identity is kept", () => {
  /** As the runtime does: the same name, the same id, which says nothing of the name. */
  const ids = {
    idFromName: (name: string) => {
      let hash = 7;
      for (const letter of name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
      return { toString: () => hash.toString(16).padStart(8, "0").repeat(8) } as DurableObjectId;
    },
  };

  it("is a shard of its site for a fingerprint, one over all sites for an address, and neither names it", () => {
    const shop = placeOf(ids, "fingerprint", "f-1", "shop");
    const blog = placeOf(ids, "fingerprint", "f-1", "blog");
    expect(shop.shard).toMatch(/^fingerprints\/shop\/\d$/);
    expect(blog.shard).toMatch(/^fingerprints\/blog\/\d$/);
    const address = placeOf(ids, "address", "203.0.113.0/24", "shop");
    expect(address.shard).toMatch(/^addresses\/\d+$/);
    expect(placeOf(ids, "address", "203.0.113.0/24", "blog")).toEqual({
      shard: address.shard,
      key: `${stemOf(address.key)}blog`,
    });
    expect(JSON.stringify([shop, address])).not.toMatch(/f-1|203/);
    expect(groupIn(shop.key)).toBe("shop");
  });

  it("is spread over all shards", () => {
    const shards = (kind: "fingerprint" | "address") =>
      new Set(Array.from({ length: 500 }, (_, i) => placeOf(ids, kind, `x-${i}`, "shop").shard)).size;
    expect([shards("fingerprint"), shards("address")]).toEqual([IDENTITY_SHARDS, ADDRESS_SHARDS]);
  });

  it("is remembered as a text, which no id of an object is", () => {
    const place = placeOf(ids, "fingerprint", "f-1", "group:brands");
    expect(readPlace(placeText(place))).toEqual(place);
    expect(() => readPlace("0".repeat(64))).toThrow("not a place of an identity");
    expect(identityName("address", "a")).toBe("address:a");
  });

  it("is of the group that a site names, which is no site's name", () => {
    expect([groupOf("shop", undefined), groupOf("shop", "brands")]).toEqual(["shop", "group:brands"]);
    expect([sharedBy("shop"), sharedBy("group:brands")]).toEqual([null, "brands"]);
  });
});

it("a counter's key has one writer: an address's is of all sites, a fingerprint's says its site, but for the usual one", () => {
  expect(counterName("address", "a", "shop")).toBe("ip:a");
  expect(counterName("fingerprint", "f", "default")).toBe("fp:f");
  expect(counterName("fingerprint", "f", "shop")).toBe("fp:f shop");
  expect(counterName("fingerprint", "f", "group:brands")).toBe("fp:f group:brands");
});
