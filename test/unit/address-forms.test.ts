import { describe, expect, it } from "vitest";
import { maskAddress, senderOf, siteSenderOf, storedAddress } from "../../src/core/network/address";

describe("an IPv4 address", () => {
  it.each([
    ["0.0.0.0", "0.0.0.0/24"],
    ["255.255.255.255", "255.255.255.0/24"],
  ])("%s lies in %s", (address, network) => {
    expect(maskAddress(address)).toBe(network);
    expect(senderOf(address)).toBe(address);
  });

  it.each([
    "256.1.1.1",
    "1.256.1.1",
    "1.1.256.1",
    "1.1.1.256",
    "1.1.1",
    "1.1.1.1.1",
    "1.1.1.",
    ".1.1.1",
    "1..1.1",
    "x1.1.1.1",
    "1.1.1.1x",
    " 1.1.1.1",
    "1.1.1.1 ",
    "1111.1.1.1",
    "1.1.1.1111",
    "1.a.1.1",
    "1,1,1,1",
    "0x1.1.1.1",
  ])("is not %j", (text) => {
    expect(maskAddress(text)).toBeNull();
  });
});

describe("an IPv6 address", () => {
  it.each([
    ["::", "0:0:0::/48", "0:0:0:0::/64"],
    ["1:2:3:4:5:6:7:8", "1:2:3::/48", "1:2:3:4::/64"],
    ["ABCD:0ef0:00:4::", "abcd:ef0:0::/48", "abcd:ef0:0:4::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3::/48", "1:2:3:4::/64"],
    ["::2:3:4:5:6:7:8", "0:2:3::/48", "0:2:3:4::/64"],
    ["1::3:4:5:6:7:8", "1:0:3::/48", "1:0:3:4::/64"],
    ["ffff:ffff:ffff:ffff::1", "ffff:ffff:ffff::/48", "ffff:ffff:ffff:ffff::/64"],
  ])("%s lies in %s, and its sender in %s", (address, network, sender) => {
    expect(maskAddress(address)).toBe(network);
    expect(senderOf(address)).toBe(sender);
  });

  it.each([
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    ":",
    ":::",
    ":1",
    "1:",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "::1:",
    ":1::",
    "1::2::3",
    "::1::",
    "12345::",
    "::12345",
    "::g",
    "g::1",
    "::1%eth0",
    "[::1]",
    " ::1",
    "::1 ",
    "::-1",
    "fe80::1/64",
  ])("is not %j", (text) => {
    expect(maskAddress(text)).toBeNull();
    expect(senderOf(text)).toBe("unknown");
  });
});

describe("an IPv4 address in an IPv6 one", () => {
  it.each(["::ffff:203.0.113.77", "::FFFF:203.0.113.77", "0:0:0:0:0:ffff:203.0.113.77", "::ffff:cb00:714d"])(
    "is the same sender: %s",
    (address) => {
      expect(senderOf(address)).toBe("203.0.113.77");
      expect(maskAddress(address)).toBe("203.0.113.0/24");
    },
  );

  it("is read to its bounds", () => {
    expect(senderOf("::ffff:0.0.0.0")).toBe("0.0.0.0");
    expect(senderOf("::ffff:255.255.255.255")).toBe("255.255.255.255");
  });

  it.each([
    ["64:ff9b::203.0.113.77", "64:ff9b:0::/48"],
    ["::203.0.113.77", "0:0:0::/48"],
    ["::fffe:203.0.113.77", "0:0:0::/48"],
    ["::1:ffff:203.0.113.77", "0:0:0::/48"],
    ["1::ffff:203.0.113.77", "1:0:0::/48"],
    ["1:2:3:4:5:6:203.0.113.77", "1:2:3::/48"],
    ["::1:ffff:0:203.0.113.77", "0:0:0::/48"],
  ])("stays IPv6 where it is not mapped as such: %s", (address, network) => {
    expect(maskAddress(address)).toBe(network);
  });

  it.each([
    "::ffff:1.2.3",
    "::ffff:1.2.3.4.5",
    "::ffff:1.2.3.a",
    "1.2.3.4::",
    "1.2.3.4::1",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1:2:3:4:5:1.2.3.4",
    "1:2:3:4:5:6::1.2.3.4",
    "::1::1.2.3.4",
    "1:1.2.3.4",
    "::ffff:256.1.1.1",
    "::ffff:1.256.1.1",
    "::ffff:1.1.256.1",
    "::ffff:1.1.1.256",
  ])("is none in %j", (text) => {
    expect(maskAddress(text)).toBeNull();
  });
});

describe("a stored address", () => {
  it("is written in one way, whole or hashed", async () => {
    expect(await storedAddress("2001:DB8::1", "full")).toBe("2001:db8::1");
    // HMAC-SHA-256 of it, its first 32 hexadecimal digits.
    expect(await storedAddress("2001:DB8::1", "hashed", "secret")).toBe("h:4d808f77f5e510390ace2d63c383570f");
    expect(await storedAddress("2001:db8::1", "hashed", "secret")).toBe("h:4d808f77f5e510390ace2d63c383570f");
    expect(await storedAddress("203.0.113.77", "hashed", "secret")).toBe("h:63b6696c518ef332bc73ae6e43304bea");
  });

  it("is masked where a hash is asked for and the secret is empty", async () => {
    expect(await storedAddress("203.0.113.77", "hashed", "")).toBe("203.0.113.0/24");
  });

  it.each(["full", "masked", "hashed"] as const)("is none where there is no address (%s)", async (mode) => {
    expect(await storedAddress("nonsense", mode, "secret")).toBeNull();
  });
});

describe("the part of a site that a sender is in", () => {
  it.each([
    ["2001:db8:1:0::1", "2001:db8:1::/48 0"],
    ["2001:db8:1:5:ffff::1", "2001:db8:1::/48 1"],
    ["2001:db8:1:ffff::", "2001:db8:1::/48 3"],
    ["::1", "0:0:0::/48 0"],
    ["192.0.2.1", null],
    ["::ffff:192.0.2.1", null],
    ["no address", null],
  ])("of %s is %s", (address, part) => {
    expect(siteSenderOf(address)).toBe(part);
  });
});
