import { describe, expect, it } from "vitest";
import { asnClass } from "../../src/network/asn";

describe("an autonomous system's class", () => {
  it.each([
    ["the table's first of a class", 174, "hosting"],
    ["Amazon's", 16509, "hosting"],
    ["Deutsche Telekom's", 3320, "residential"],
    ["T-Mobile's in the USA", 21928, "mobile"],
  ] as const)("of %s is its network's, and names nobody", (_, asn, kind) => {
    expect(asnClass(asn)).toEqual({ kind, provider: null });
  });

  it.each([
    [13335, "relay", "Cloudflare, Inc."],
    [36183, "relay", "Akamai Technologies, Inc."],
    [4224, "tor", "The Calyx Institute"],
    [2763, "corporate", "Palo Alto Networks, Inc"],
    [9009, "vpn", expect.stringMatching(/./)],
  ] as const)("of %i is %s, with who runs it", (asn, kind, provider) => {
    expect(asnClass(asn)).toEqual({ kind, provider });
  });

  it.each([null, 0, 64_512, -1, Number.NaN])("of %j is not known", (asn) => {
    expect(asnClass(asn)).toEqual({ kind: null, provider: null });
  });
});
