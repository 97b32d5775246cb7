import { describe, expect, it } from "vitest";
import { MAX_LAYOUT_SHIFT, MAX_VITAL_MS, vitalsOf } from "../../src/protocol/vitals";

describe("what an event says of a page's speed", () => {
  it("is taken by its names, and nothing else of it", () => {
    const said = { lcp: 1_200, inp: 0, cls: 0.1234, fcp: 400, ttfb: 80, lcp_element: "img#hero", other: 5 };
    expect(vitalsOf(said)).toEqual({ lcp: 1_200, inp: 0, cls: 0.1234, fcp: 400, ttfb: 80 });
    expect(vitalsOf({})).toEqual({});
  });

  it.each([-1, MAX_VITAL_MS + 1, Number.NaN, "900", null, {}, [1]])("is no time: %j", (lcp) => {
    expect(vitalsOf({ lcp, inp: MAX_VITAL_MS })).toEqual({ inp: MAX_VITAL_MS });
  });

  it("is no shift of the layout that no page can have", () => {
    expect(vitalsOf({ cls: MAX_LAYOUT_SHIFT })).toEqual({ cls: MAX_LAYOUT_SHIFT });
    expect(vitalsOf({ cls: MAX_LAYOUT_SHIFT + 1 })).toEqual({});
  });
});
