import { describe, expect, it } from "vitest";
import { maskAddress, senderOf, storedAddress } from "../../src/core/network/address";

describe("addresses", () => {
  it.each([
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:1234:5678::1", "2001:db8:1234::/48"],
    ["2001:DB8::1", "2001:db8:0::/48"],
    ["::1", "0:0:0::/48"],
  ])("masks %s to %s", (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });

  it.each(["", "localhost", "1.2.3", "1.2.3.400", "1:2:3", "1::2::3", "g::1", "203.0.113.77, 10.0.0.1"])(
    "takes %j for no address",
    (text) => {
      expect(maskAddress(text)).toBeNull();
      expect(senderOf(text)).toBe("unknown");
    },
  );

  it("counts an IPv4 address and an IPv6 /64 as one sender each", () => {
    expect(senderOf("203.0.113.77")).toBe("203.0.113.77");
    expect(senderOf("2001:db8:1:2:3:4:5:6")).toBe(senderOf("2001:db8:1:2::1"));
    expect(senderOf("2001:db8:1:2::1")).not.toBe(senderOf("2001:db8:1:3::1"));
  });

  it("stores an address only in the form the site allows", async () => {
    expect(await storedAddress("203.0.113.77", "masked", "secret")).toBe("203.0.113.0/24");
    expect(await storedAddress("203.0.113.77", "full", "secret")).toBe("203.0.113.77");
    const hashed = await storedAddress("203.0.113.77", "hashed", "secret");
    expect(hashed).toMatch(/^h:[0-9a-f]{32}$/);
    expect(hashed).not.toBe(await storedAddress("203.0.113.77", "hashed", "another"));
    expect(await storedAddress("203.0.113.77", "hashed")).toBe("203.0.113.0/24");
    expect(await storedAddress("nonsense", "full", "secret")).toBeNull();
  });
});
