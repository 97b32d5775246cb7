import { describe, expect, it } from "vitest";
import { excessRoundTrip } from "../../src/core/network/distance";

/** Frankfurt's data centre, FRA, stands in the table at 50° north, 9° east. */
const FRANKFURT = [50, 9] as const;
const TOKYO = [35.7, 139.7] as const;

describe("what distance does not explain of a round trip", () => {
  it("is nothing for somebody nearby with a usual line", () => {
    expect(excessRoundTrip(30, "FRA", ...FRANKFURT)).toBe(0);
    expect(excessRoundTrip(12, "FRA", ...FRANKFURT)).toBe(0);
  });

  it("is all beyond the usual 30 ms for somebody nearby", () => {
    expect(excessRoundTrip(131, "FRA", ...FRANKFURT)).toBe(101);
  });

  it("leaves the way to far places out: some 9,300 km and 140 ms to Tokyo", () => {
    const excess = excessRoundTrip(300, "FRA", ...TOKYO) ?? 0;
    expect(excess).toBeGreaterThan(300 - 30 - 145);
    expect(excess).toBeLessThan(300 - 30 - 135);
  });

  it("measures along the globe: 180° along the equator are half of it, 20,015 km and 300 ms", () => {
    // Libreville, LBV, stands at 0° north, 9° east.
    expect(excessRoundTrip(1_030, "LBV", 0, -171)).toBeGreaterThanOrEqual(699);
    expect(excessRoundTrip(1_030, "LBV", 0, -171)).toBeLessThanOrEqual(701);
    expect(excessRoundTrip(1_030, "LBV", 90, 0)).toBe(1_000 - 150);
  });

  it.each([
    ["TAY", 58, 27],
    ["SYD", -34, 151],
    ["GRU", -23, -46],
    ["AAA", -17, -146],
  ] as const)("knows data centres on every side of the globe: %s", (colo, latitude, longitude) => {
    expect(excessRoundTrip(131, colo, latitude, longitude)).toBe(101);
  });

  it.each([
    ["the round trip", [null, "FRA", 50, 9]],
    ["the data centre", [100, null, 50, 9]],
    ["the latitude", [100, "FRA", null, 9]],
    ["the longitude", [100, "FRA", 50, null]],
    ["a data centre of that name", [100, "XXX", 50, 9]],
  ] as const)("is not known without %s", (_, [rtt, colo, latitude, longitude]) => {
    expect(excessRoundTrip(rtt, colo, latitude, longitude)).toBeNull();
  });
});
