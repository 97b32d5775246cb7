import { describe, expect, it } from "vitest";
import {
  forget,
  type Head,
  identityMark,
  learn,
  MAX_NETWORK_CHANGES,
  mergeTraits,
  networkTokens,
  newHead,
} from "../../src/core/session/head";
import { MAX_TRAITS, MAX_TRAITS_KEPT_UNITS } from "../../src/limits";

/** What an actor knows of who its visitor is. */

const T = 1_795_000_000_000;
const NEW = newHead("11111111-2222-4333-8444-555555555555", "shop", T);

describe("a head", () => {
  it("begins with nobody", () => {
    expect(NEW).toEqual({
      v: 1,
      session_id: "11111111-2222-4333-8444-555555555555",
      site: "shop",
      created_at: T,
      key_hash: null,
      identity: null,
      identity_version: 0,
      identity_at: 0,
      addresses: [],
    });
    expect(identityMark(NEW)).toBe(0);
  });

  it("learns who somebody is, and has a version for each change", () => {
    const known = learn(NEW, { visitor_id: "v" }, T + 1);
    expect(known).toMatchObject({ identity_version: 1, identity_at: T + 1 });
    expect(known.identity).toEqual({
      visitor_id: "v",
      fingerprint_id: null,
      device_id: null,
      ip: null,
      asn: null,
      traits: {},
    });
    const more = learn(known, { ip: "x" }, T + 2);
    expect(more).toMatchObject({ identity: { visitor_id: "v", ip: "x" }, identity_version: 2, identity_at: T + 2 });
    expect(identityMark(more)).toBe(2);
  });

  it("is the same object where nothing is new", () => {
    const known = learn(NEW, { visitor_id: "v", traits: { plan: "pro" } }, T);
    expect(learn(known, { visitor_id: "v" }, T + 9)).toBe(known);
    expect(learn(known, { traits: { plan: "pro" } }, T + 9)).toBe(known);
    expect(learn(known, { traits: { plan: "free" } }, T + 9).identity_version).toBe(2);
  });

  it("that learns nothing knows of somebody from then on", () => {
    expect(learn(NEW, {}, T)).toMatchObject({ identity: { visitor_id: null }, identity_version: 1 });
  });

  it("forgets who it was, and not how often it has changed", () => {
    const known = { ...learn(NEW, { ip: "x" }, T), addresses: ["x"], networks: [7] };
    const nobody = forget(known);
    expect(nobody).toEqual({ ...known, identity: null, addresses: [], networks: [] });
    expect([identityMark(nobody), nobody.identity_version]).toEqual([0, 1]);
    expect(learn(nobody, { ip: "x" }, T).identity_version).toBe(2);
  });
});

describe("traits", () => {
  const many = (n: number, letter: string) => Object.fromEntries(Array.from({ length: n }, (_, i) => [letter + i, i]));

  it("are the newest word on each", () => {
    expect(mergeTraits({ a: 1, b: 1 }, { b: 2, c: 3 })).toEqual({ a: 1, b: 2, c: 3 });
  });

  it("are not what a visitor's id is made of", () => {
    expect(mergeTraits({ plan: "pro" }, { visitor_secret: "s", "pulsegate.visitor_secret": "s" })).toEqual({
      plan: "pro",
    });
  });

  it("are so many, the oldest names going first", () => {
    expect(Object.keys(mergeTraits({}, many(MAX_TRAITS, "a")))).toHaveLength(MAX_TRAITS);
    const kept = mergeTraits(many(MAX_TRAITS, "a"), { last: true });
    expect(Object.keys(kept)).toHaveLength(MAX_TRAITS);
    expect(kept).not.toHaveProperty("a0");
    expect(kept).toHaveProperty("last");
  });

  it("are so much text, the oldest names going first", () => {
    // As it is measured: [["a",""],["b","…"]]
    const room =
      MAX_TRAITS_KEPT_UNITS -
      JSON.stringify([
        ["a", ""],
        ["b", ""],
      ]).length;
    expect(Object.keys(mergeTraits({ a: "" }, { b: "x".repeat(room) }))).toEqual(["a", "b"]);
    expect(Object.keys(mergeTraits({ a: "" }, { b: "x".repeat(room + 1) }))).toEqual(["b"]);
    expect(mergeTraits({ a: "" }, { b: "x".repeat(MAX_TRAITS_KEPT_UNITS) })).toEqual({});
  });
});

describe("the session's own names for networks", () => {
  const from = (head: Head, ip: string | null, asn: number | null) => networkTokens(head, { ip, asn });

  it("are by order of appearance, and the same when they come again", () => {
    const first = from(NEW, "x", 7);
    expect(first).toMatchObject({ address: "a1", network: "n1", head: { addresses: ["x"], networks: [7] } });
    const second = from(first.head, "y", 7);
    expect(second).toMatchObject({ address: "a2", network: "n1", head: { addresses: ["x", "y"], networks: [7] } });
    const third = from(second.head, "y", 8);
    expect(third).toMatchObject({ address: "a2", network: "n2", head: { addresses: ["x", "y"], networks: [7, 8] } });
    expect(from(third.head, "x", 7)).toEqual({ head: third.head, address: "a1", network: "n1" });
    expect(from(third.head, "x", 7).head).toBe(third.head);
  });

  it("are none for nowhere", () => {
    expect(from(NEW, null, null)).toEqual({ head: NEW, address: null, network: null });
    expect(from(NEW, null, null).head).toBe(NEW);
    const { head } = from(NEW, "x", 7);
    expect(from(head, null, null).head).toBe(head);
  });

  it("are only so many, and then more", () => {
    const addresses = Array.from({ length: MAX_NETWORK_CHANGES }, (_, i) => `x${i}`);
    const almost = { ...NEW, addresses, networks: [7] };
    const last = from(almost, "y", 7);
    expect(last.address).toBe(`a${MAX_NETWORK_CHANGES + 1}`);
    const past = from(last.head, "z", 7);
    expect(past.address).toBe("more");
    expect(past.head).toBe(last.head);
    expect(from(last.head, "y", 7).address).toBe(`a${MAX_NETWORK_CHANGES + 1}`);
  });
});
