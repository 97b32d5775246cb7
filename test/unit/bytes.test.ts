import { describe, expect, it } from "vitest";
import * as z from "zod";
import { fromBase64Url, toBase64, toBase64Url, toHex, utf8 } from "../../src/core/bytes";
import { isSameHash } from "../../src/core/same-hash";
import { readCursor, writeCursor } from "../../src/edge/http/cursor";
import { issueTicket, readTicket } from "../../src/edge/http/tickets";
import { Cache } from "../../src/ops/cache";

const BYTES = Uint8Array.of(251, 255, 1, 2);

describe("bytes as text", () => {
  it("are hex, base64 and base64url, of an array and of a buffer", () => {
    for (const bytes of [BYTES, BYTES.buffer]) {
      expect(toHex(bytes)).toBe("fbff0102");
      expect(toBase64(bytes)).toBe("+/8BAg==");
      expect(toBase64Url(bytes)).toBe("-_8BAg");
    }
    expect(toHex(utf8("Ł"))).toBe("c581");
  });

  it("come back from base64url, with padding and without", () => {
    for (const text of ["-_8BAg", "-_8BAg=="]) expect(fromBase64Url(text)).toEqual(BYTES);
    for (const text of ["+/8BAg", "-_8BA", "ä"]) expect(fromBase64Url(text)).toBeNull();
  });
});

describe("two hashes", () => {
  it.each([
    ["abc", "abc", true],
    ["", "", true],
    ["abc", "abd", false],
    ["bbc", "abc", false],
    ["abc", "abcd", false],
    ["", "abc", false],
  ])("%j and %j", (a, b, isSame) => {
    expect(isSameHash(a, b)).toBe(isSame);
  });
});

describe("a cursor", () => {
  it("names a row by any text, such as a campaign's", () => {
    const place = z.tuple([z.number(), z.string()]);
    for (const name of ["spring", "été", "Łódź 🎉"]) {
      const cursor = writeCursor("by-campaign", 3, name);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(readCursor("by-campaign", place, cursor)).toEqual([3, name]);
    }
  });

  it("stays as it was where all of it is ASCII", () => {
    expect(writeCursor("keys", 1, "pg_1")).toBe("WyJrZXlzIiwxLCJwZ18xIl0");
  });
});

describe("a cache", () => {
  it("has an expired value only for whoever cannot read a newer one", () => {
    const cache = new Cache<string>(2);
    cache.set("a", "one", 60_000);
    expect(cache.get("a")).toBe("one");
    cache.expire("a");
    expect(cache.get("a")).toBeUndefined();
    expect(cache.last("a")).toBe("one");
  });

  it("drops its oldest entry when it is full", () => {
    const cache = new Cache<number>(2);
    for (const [i, key] of ["a", "b", "a", "c"].entries()) cache.set(key, i, 60_000);
    expect([cache.last("a"), cache.last("b"), cache.last("c")]).toEqual([2, undefined, 3]);
  });
});

describe("a ticket", () => {
  const sign = async (payload: string): Promise<string> => {
    const key = await crypto.subtle.importKey("raw", utf8("ticket:root"), { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
    ]);
    return `${payload}.${toBase64Url(await crypto.subtle.sign("HMAC", key, utf8(payload)))}`;
  };

  it("opens its path until it expires, and is none where its shape is not a ticket's", async () => {
    const { value, expires_at } = await issueTicket("root", { path: "/a", sites: null, key_id: "root" }, 1_000);
    expect(await readTicket("root", value, "/a", 1_001)).toMatchObject({ path: "/a", key_id: "root", expires_at });
    expect(await readTicket("root", value, "/b", 1_001)).toBeNull();
    expect(await readTicket("root", value, "/a", expires_at)).toBeNull();
    expect(await readTicket("other", value, "/a", 1_001)).toBeNull();
    for (const text of ['{"path":"/a","expires_at":9000}', "null", "no JSON"]) {
      expect(await readTicket("root", await sign(toBase64Url(utf8(text))), "/a", 1_001)).toBeNull();
    }
  });
});
