import { describe, expect, it } from "vitest";
import { addDuration, type Durations, medianOf, mergeDurations } from "../../src/core/rollup/durations";
import { ROLLUP_TOP } from "../../src/core/rollup/limits";
import { TOTALS } from "../../src/core/rollup/session-facts";
import {
  addSums,
  addValue,
  cutBreakdown,
  mergeSlice,
  mergeStored,
  newSlice,
  ranked,
  type Slice,
  writeSlice,
} from "../../src/core/rollup/slice";

/** A slice of countries, with the sums of each. */
function sliceOf(countries: Record<string, number[]>, more: Partial<Slice> = {}): Slice {
  const values = new Map(Object.entries(countries));
  return { ...newSlice(), parts: new Map([["country", { values, other: null, hidden: 0 }]]), ...more };
}

const countriesOf = (slice: Slice) => {
  const { values = new Map(), other = null, hidden = 0 } = slice.parts.get("country") ?? {};
  return { values: Object.fromEntries(values), other, hidden };
};

describe("sums", () => {
  it("are added number by number, whichever of the two is longer", () => {
    const into = [1, 2, 3];
    addSums(into, [10, 20]);
    expect(into).toEqual([11, 22, 3]);
    addSums(into, [0, 0, 0, 5]);
    expect(into).toEqual([11, 22, 3, 5]);
  });

  it("of a value that is new are a copy: what is added later does not reach into where they came from", () => {
    const values = new Map<string, number[]>();
    const given = [1, 1];
    addValue(values, "DE", given);
    addValue(values, "DE", [2, 3]);
    expect(values.get("DE")).toEqual([3, 4]);
    expect(given).toEqual([1, 1]);
  });

  it("of a new slice are nought, one for each total", () => {
    expect(newSlice().totals).toEqual(TOTALS.map(() => 0));
  });
});

describe("a breakdown", () => {
  it("is ranked by its first sum, highest first, and by name among equals", () => {
    const values = new Map([
      ["b", [1, 9]],
      ["a", [1, 0]],
      ["c", [5, 0]],
    ]);
    expect(ranked(values).map(([value]) => value)).toEqual(["c", "a", "b"]);
  });

  it("with no more values than fit stays as it is", () => {
    const whole = { values: new Map([["a", [1]]]), other: null, hidden: 0 };
    expect(cutBreakdown(whole, 1)).toEqual(whole);
  });

  it("keeps its largest values, adds up the rest, and says how much of a value may be hidden in it", () => {
    const values = new Map([
      ["a", [4, 40]],
      ["b", [3, 30]],
      ["c", [2, 20]],
      ["d", [1, 10]],
    ]);
    const cut = cutBreakdown({ values, other: [7, 70], hidden: 5 }, 2);
    expect([...cut.values]).toEqual([
      ["a", [4, 40]],
      ["b", [3, 30]],
    ]);
    expect(cut.other).toEqual([10, 100]);
    // The largest of the rest had 2, on top of the 5 that may have been hidden already.
    expect(cut.hidden).toBe(7);
  });

  it("merges value by value, with the rest and what is hidden in it", () => {
    const into = sliceOf({ DE: [1, 2] });
    const from = sliceOf({ DE: [10, 20], FR: [5, 5] });
    const part = from.parts.get("country");
    if (part) Object.assign(part, { other: [3, 4], hidden: 2 });
    mergeSlice(into, from);
    mergeSlice(into, from);
    expect(countriesOf(into)).toEqual({ values: { DE: [21, 42], FR: [10, 10] }, other: [6, 8], hidden: 4 });
  });

  it("has no rest as long as no merged one had any", () => {
    const into = sliceOf({ DE: [1] });
    mergeSlice(into, sliceOf({ FR: [1] }));
    expect(countriesOf(into)).toEqual({ values: { DE: [1], FR: [1] }, other: null, hidden: 0 });
  });
});

describe("a stored slice", () => {
  const durations: Durations = new Map([
    [3, 2],
    [40, 1],
  ]);

  it("is read back as it was, and adds to what is there", () => {
    const slice = sliceOf({ DE: [2, 6], FR: [1, 3] }, { totals: [3, 9], durations });
    const stored = writeSlice(slice);
    const into = newSlice();
    mergeStored(into, stored);
    expect(into.totals.slice(0, 3)).toEqual([3, 9, 0]);
    expect([...into.durations]).toEqual([...durations]);
    expect(countriesOf(into)).toEqual({ values: { DE: [2, 6], FR: [1, 3] }, other: null, hidden: 0 });
    mergeStored(into, stored);
    expect(into.totals.slice(0, 2)).toEqual([6, 18]);
    expect(into.durations.get(3)).toBe(4);
    expect(countriesOf(into).values).toEqual({ DE: [4, 12], FR: [2, 6] });
  });

  it("keeps its hundred largest values, and the rest with what may be hidden in it", () => {
    const countries = Object.fromEntries(Array.from({ length: ROLLUP_TOP + 2 }, (_, i) => [`c${i}`, [1_000 - i]]));
    const into = newSlice();
    mergeStored(into, writeSlice(sliceOf(countries)));
    const { values, other, hidden } = countriesOf(into);
    expect(Object.keys(values)).toHaveLength(ROLLUP_TOP);
    expect(other).toEqual([900 + 899]);
    expect(hidden).toBe(900);
  });

  it("may be read in part: without visitors and breakdowns", () => {
    const { totals } = writeSlice(sliceOf({ DE: [1] }, { totals: [5] }));
    const into = newSlice();
    mergeStored(into, { totals });
    mergeStored(into, { totals, sketch: null, parts: '{"country":null}' });
    expect(into.totals[0]).toBe(10);
    expect(into.parts.size).toBe(0);
  });
});

describe("the median of durations", () => {
  const of = (...ms: number[]): number | null => {
    const durations: Durations = new Map();
    for (const one of ms) addDuration(durations, one);
    return medianOf(durations);
  };

  it("of nothing is not known", () => {
    expect(of()).toBeNull();
  });

  it("is the middle one, to a tenth of a second up to 3.2 s", () => {
    expect(of(100, 200, 900)).toBe(200);
    expect(of(100, 200, 300, 400)).toBe(200);
    expect(of(0)).toBe(0);
    expect(of(-5)).toBe(0);
    expect(of(3_199)).toBe(3_100);
  });

  it.each([3_200, 5_000, 12_345, 60_000, 1_800_000, 86_400_000])("of %i ms is at most 3.2 %% off", (ms) => {
    expect(Math.abs((of(ms) ?? 0) - ms) / ms).toBeLessThanOrEqual(0.032);
  });

  it("counts what is merged", () => {
    const into: Durations = new Map();
    addDuration(into, 100, 2);
    mergeDurations(into, [
      [1, 1],
      [9, 4],
    ]);
    expect([...into]).toEqual([
      [1, 3],
      [9, 4],
    ]);
    expect(medianOf(into)).toBe(900);
  });
});
