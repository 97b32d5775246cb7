import { describe, expect, it } from "vitest";
import { asnClass } from "../../src/core/network/asn";
import type { AsnClass } from "../../src/core/network/classes";

describe("an autonomous system's class", () => {
  it.each([
    ["the table's first of a class", 3320, "residential"],
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

  it.each<[number, AsnClass | null, string]>([
    [8881, "residential", "1&1 Versatel"],
    [16591, "residential", "Google Fiber"],
    [5065, "residential", "Bunny Communications"],
    [174, null, "Cogent, whose customers are offices and access providers"],
    [2149, null, "another of Cogent's"],
    [6939, null, "Hurricane Electric"],
    [2914, null, "NTT America, a carriers' carrier"],
    [6453, null, "Tata Communications (America), another"],
    [149290, null, "Cloud Telecommunications"],
    [274698, null, "Amazon Telecom, of Brazil"],
    [264380, null, "Server Fast Telecom"],
    [214238, "residential", "Host Telecom"],
    [25459, "residential", "Eurofiber Cloud"],
    [401694, "mobile", "Cloud 9 Wireless"],
  ])("of %i is %s, because it sells access: %s", (asn, kind) => {
    expect(asnClass(asn).kind).toBe(kind);
  });

  it.each([
    [36352, "HostPapa"],
    [18779, "EGIHosting"],
    [24940, "Hetzner"],
    [16276, "OVH"],
    [14061, "DigitalOcean"],
    [15169, "Google"],
    [8075, "Microsoft"],
    [202053, "UpCloud"],
    [61157, "PlusServer"],
    [53057, "RedeHost, with Internet in its name"],
    [31673, "Uniserver Internet"],
  ])("of %i is hosting, alone or in a compound: %s", (asn) => {
    expect(asnClass(asn).kind).toBe("hosting");
  });

  it.each([null, 0, 64_512, -1, Number.NaN])("of %j is not known", (asn) => {
    expect(asnClass(asn)).toEqual({ kind: null, provider: null });
  });
});
