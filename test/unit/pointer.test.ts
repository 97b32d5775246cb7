import { describe, expect, it } from "vitest";
import { move, newPointer, type Pointer } from "../../src/core/signals/pointer";

/** How a pointer's paths become counts. Each point of a path is written as ms since the one before, x, y. */

const pathOf = (text: string) => text.split(", ").map((point) => point.split(" ").map(Number));

function moved(...paths: string[]): Pointer {
  const pointer = newPointer();
  for (const path of paths) move(pointer, pathOf(path), undefined, undefined);
  return pointer;
}

describe("a pointer", () => {
  it("has moved along each point of a path, and is where it ends", () => {
    expect(moved("0 1 2, 16 3 4, 16 5 6")).toMatchObject({ paths: 1, points: 3, x: 5, y: 6 });
  });

  it("has moved to the one place that is named where there is no path", () => {
    const pointer = newPointer();
    move(pointer, undefined, 7, 8);
    move(pointer, [], 9, 10);
    expect(pointer).toMatchObject({ paths: 2, points: 2, x: 9, y: 10 });
  });

  it("follows the path rather than the place beside it", () => {
    const pointer = newPointer();
    move(pointer, [[0, 1, 2]], 500, 500);
    expect(pointer).toMatchObject({ points: 1, x: 1, y: 2 });
  });

  it.each<[unknown, unknown, unknown]>([
    [undefined, 1, undefined],
    [undefined, undefined, 1],
    [undefined, "1", 1],
    [undefined, 1, "1"],
    ["0,1,2", undefined, undefined],
    [[[0, 1]], undefined, undefined],
    [[[0, 1, "2"]], undefined, undefined],
    [[[0, 1, null]], undefined, undefined],
    [[[0, 1, Number.NaN]], undefined, undefined],
    [["abc"], undefined, undefined],
    [[7], undefined, undefined],
  ])("does not move by what is no place: %j, %j, %j", (path, x, y) => {
    const pointer = newPointer();
    move(pointer, path, x, y);
    expect(pointer).toEqual(newPointer());
  });

  it("is read as far as its 64th point", () => {
    const path = Array.from({ length: 70 }, (_, i) => `16 ${i} 0`);
    expect(moved(path.join(", "))).toMatchObject({ points: 64, x: 63 });
  });
});

describe("a jump", () => {
  it.each<[string, string, number]>([
    ["201 px along", "0 301 100", 1],
    ["200 px along", "0 300 100", 0],
    ["201 px down", "0 100 301", 1],
    ["150 px along and as many down", "0 250 250", 1],
    ["far off, in two points", "0 900 900, 16 901 901", 1],
    ["far off, in three points", "0 900 900, 16 901 901, 16 902 902", 0],
    ["near, and then far in one step", "0 101 101, 16 900 900", 0],
  ])("is counted of a path that begins %s", (_, path, jumps) => {
    expect(moved("0 100 100", path).jumps).toBe(jumps);
  });

  it("is none where it was not known where the pointer was", () => {
    expect(moved("0 900 900").jumps).toBe(0);
    for (const known of [{ x: 0 }, { y: 0 }]) {
      const pointer = { ...newPointer(), ...known };
      move(pointer, [[0, 900, 900]], undefined, undefined);
      expect(pointer.jumps).toBe(0);
    }
  });
});

describe("two steps", () => {
  const compared = (steps: string) => {
    const { pairs, straight, even } = moved(`0 0 0, ${steps}`);
    return { pairs, straight, even };
  };

  it.each<[string, string, { pairs: number; straight: number; even: number }]>([
    ["in one direction at one speed", "16 20 0, 16 40 0", { pairs: 1, straight: 1, even: 1 }],
    ["down and down", "16 0 20, 16 0 40", { pairs: 1, straight: 1, even: 1 }],
    ["there and back", "16 20 0, 16 0 0", { pairs: 1, straight: 0, even: 1 }],
    ["around a corner", "16 20 0, 16 20 20", { pairs: 1, straight: 0, even: 1 }],
    // 5 of 100 is a sine of 0.0499; 7 of 100 one of 0.0698.
    ["within three degrees", "16 100 0, 16 200 5", { pairs: 1, straight: 1, even: 1 }],
    ["by four degrees more", "16 100 0, 16 200 7", { pairs: 1, straight: 0, even: 1 }],
    ["by four degrees less", "16 100 0, 16 200 -7", { pairs: 1, straight: 0, even: 1 }],
    ["a tenth faster", "10 100 0, 10 210 0", { pairs: 1, straight: 1, even: 1 }],
    ["more than a tenth faster", "10 100 0, 10 212 0", { pairs: 1, straight: 1, even: 0 }],
    ["more than a tenth slower", "10 100 0, 10 188 0", { pairs: 1, straight: 1, even: 0 }],
    ["as long in half the time", "16 20 0, 8 40 0", { pairs: 1, straight: 1, even: 0 }],
    ["as fast in half the time", "16 40 0, 8 60 0", { pairs: 1, straight: 1, even: 1 }],
    ["in no time at all, as in one millisecond", "0 20 0, 1 40 0", { pairs: 1, straight: 1, even: 1 }],
  ])("are compared: %s", (_, path, counts) => {
    expect(compared(path)).toEqual(counts);
  });

  it.each<[string, string, number]>([
    ["of 8 px", "16 8 0, 16 16 0", 1],
    ["of 7 px, too short to have a direction", "16 7 0, 16 14 0", 0],
    ["after a quarter of a second", "16 20 0, 250 40 0", 1],
    ["after a longer pause, which ends a stroke", "16 20 0, 251 40 0", 0],
    ["of which the clock runs backwards", "16 20 0, -1 40 0", 0],
    ["with nothing before them", "16 20 0", 0],
    ["with a rest in between", "16 20 0, 16 21 0, 16 41 0", 1],
    ["with a pause in between", "16 20 0, 300 40 0, 16 60 0, 16 80 0", 1],
  ])("are a pair: %s", (_, path, pairs) => {
    expect(compared(path).pairs).toBe(pairs);
  });

  it("of two paths are none: what lies between is not known", () => {
    expect(moved("0 0 0, 16 20 0", "0 40 0, 16 60 0").pairs).toBe(0);
  });
});
