import { describe, expect, it } from "vitest";
import {
  addPlace,
  addToSketch,
  countSketch,
  mergeSketch,
  mergeWritten,
  newSketch,
  placeIn,
  SKETCH_ERROR,
  type Sketch,
  writeSketch,
} from "../../src/core/rollup/sketch";

const REGISTERS = 4_096;

const sketchOf = (ranks: Record<number, number>): Sketch => {
  const sketch = newSketch();
  for (const [index, rank] of Object.entries(ranks)) sketch[Number(index)] = rank;
  return sketch;
};
const filled = (rank: number, empty = 0): Sketch => newSketch().fill(rank, empty);

describe("a sketch", () => {
  it("has 4,096 empty registers, whose error is 1.04 by the root of their number", () => {
    expect([...newSketch()]).toEqual(Array.from({ length: REGISTERS }, () => 0));
    expect(SKETCH_ERROR).toBe(1.04 / Math.sqrt(REGISTERS));
  });

  it("keeps the highest rank of each register", () => {
    const sketch = newSketch();
    for (const rank of [3, 5, 4]) addPlace(sketch, { index: 7, rank });
    expect([...sketch]).toEqual([...sketchOf({ 7: 5 })]);
    mergeSketch(sketch, sketchOf({ 7: 4, 9: 1, 4095: 2 }));
    expect([...sketch]).toEqual([...sketchOf({ 7: 5, 9: 1, 4095: 2 })]);
  });

  it("knows a visitor again: the same one twice changes nothing", () => {
    const sketch = newSketch();
    addToSketch(sketch, "visitor");
    addToSketch(sketch, "visitor");
    expect(countSketch(sketch)).toBe(1);
    const { index, rank } = placeIn("visitor");
    expect([...sketch]).toEqual([...sketchOf({ [index]: rank })]);
  });

  // Stored sketches are merged with those of today: were a visitor's place another one, each would count twice.
  it.each([
    ["", 3_771, 3],
    ["a", 3_939, 3],
    ["b", 2_499, 3],
    ["visitor", 3_590, 1],
    ["0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", 3_955, 1],
    ["ä\u{1f600}", 3_948, 1],
  ])("has the place of %j where it was when the first ones were stored", (visitor, index, rank) => {
    expect(placeIn(visitor)).toEqual({ index, rank });
  });

  it("spreads visitors over all registers, half of them with the lowest rank, a quarter with the next", () => {
    const ranks: number[] = [];
    const sketch = newSketch();
    for (let i = 0; i < 40_000; i++) {
      const { index, rank } = placeIn(`v${i}`);
      sketch[index] = 1;
      ranks[rank] = (ranks[rank] ?? 0) + 1;
    }
    expect(sketch.filter((one) => one === 0).length).toBeLessThan(10);
    expect(Math.abs((ranks[1] ?? 0) - 20_000)).toBeLessThan(500);
    expect(Math.abs((ranks[2] ?? 0) - 10_000)).toBeLessThan(500);
    expect(ranks[0]).toBeUndefined();
  });
});

describe("the estimate", () => {
  const raw = (sum: number) => Math.round((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS ** 2 * (1 / sum));
  const linear = (empty: number) => Math.round(REGISTERS * Math.log(REGISTERS / empty));

  it("of nobody is none, and of few it is by the registers that are empty", () => {
    expect(countSketch(newSketch())).toBe(0);
    expect(countSketch(sketchOf({ 5: 1 }))).toBe(1);
    expect(countSketch(sketchOf({ 5: 9, 6: 1, 4095: 3 }))).toBe(3);
    expect(countSketch(filled(1, 1_000))).toBe(linear(1_000));
  });

  it("is by the ranks as soon as no register is empty, or there are many visitors", () => {
    expect(countSketch(filled(1))).toBe(raw(REGISTERS / 2));
    expect(countSketch(filled(5))).toBe(raw(REGISTERS / 32));
    // One register is empty still, and the estimate far above the 2.5 visitors a register of the other way.
    expect(countSketch(filled(5, 1))).toBe(raw((REGISTERS - 1) / 32 + 1));
    // With rank 2 the estimate is 2.9 a register, with rank 1 it is 1.4.
    expect(countSketch(filled(2, 1))).toBe(raw((REGISTERS - 1) / 4 + 1));
    expect(countSketch(filled(1, 1))).toBe(linear(1));
  });
});

describe("a sketch as text", () => {
  const read = (text: string): number[] => {
    const sketch = newSketch();
    mergeWritten(sketch, text);
    return [...sketch];
  };

  it.each<[string, Record<number, number>, string]>([
    ["nothing", {}, ""],
    ["the first register", { 0: 1 }, ".0"],
    ["the highest rank of one digit", { 0: 8 }, ".7"],
    ["the farthest register of one digit", { 7: 8 }, "._"],
    ["a register farther off", { 8: 1 }, "081"],
    ["a rank that is higher", { 0: 9 }, "009"],
    ["the last register", { 4095: 33 }, "__x"],
    ["registers next to each other", { 0: 1, 1: 2, 9: 8 }, ".01_"],
    // After eight registers of a digit, one whole is worth its four.
    ["both in one", { 0: 1, 1: 1, 2: 1, 3: 1, 70: 12, 71: 1 }, ".0000~16c0"],
  ])("of %s is short, and is read again", (_, ranks, text) => {
    expect(writeSketch(sketchOf(ranks))).toBe(text);
    expect(read(text)).toEqual([...sketchOf(ranks)]);
  });

  it("is a digit a register where that is the shortest", () => {
    const text = writeSketch(filled(9));
    expect(text).toBe("9".repeat(REGISTERS));
    expect(read(text)).toEqual([...filled(9)]);
  });

  it("raises what is there, and lowers nothing", () => {
    for (const text of [".0", "001", `1${"0".repeat(REGISTERS - 1)}`]) {
      const sketch = sketchOf({ 0: 5, 3: 2 });
      mergeWritten(sketch, text);
      expect([...sketch]).toEqual([...sketchOf({ 0: 5, 3: 2 })]);
    }
  });
});
