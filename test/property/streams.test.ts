import fc from "fast-check";
import { expect, it } from "vitest";
import { completeness } from "../../src/core/delivery/completeness";
import { ackOf, isSettled, newStream, settle } from "../../src/core/delivery/streams";
import { cases } from "../support/scale";

/** The plain model: a set of the numbers settled so far. */
class Model {
  readonly settled = new Set<number>();

  settle(from: number, to: number): number {
    const before = this.settled.size;
    for (let n = from; n <= to; n++) this.settled.add(n);
    return this.settled.size - before;
  }

  get through(): number {
    return Math.max(0, ...this.settled);
  }

  get missing(): number[] {
    return Array.from({ length: this.through }, (_, i) => i + 1).filter((n) => !this.settled.has(n));
  }
}

const range = fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 0, max: 15 })).map(([from, length]) => ({
  from,
  to: from + length,
}));

const numbersOf = (ranges: [number, number][]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

it("settles numbers like a set does, in any order, repetition and grouping", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 60 }), (ranges) => {
      const model = new Model();
      const stream = newStream();
      for (const { from, to } of ranges) {
        expect(settle(stream, from, to)).toBe(model.settle(from, to));
        expect(stream.through).toBe(model.through);
        expect(numbersOf(stream.gaps)).toEqual(model.missing);
      }
      for (let n = 1; n <= 140; n++) expect(isSettled(stream, n)).toBe(model.settled.has(n));
    }),
    { numRuns: cases(300) },
  );
});

it("names the lowest sixteen gaps in an ack, rising, apart and inside what was seen", () => {
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 60 }), (ranges) => {
      const stream = newStream();
      for (const { from, to } of ranges) settle(stream, from, to);
      const { missing, through } = ackOf("s", stream);
      expect(missing).toEqual(stream.gaps.slice(0, 16));
      let last = -1;
      for (const [from, to] of missing) {
        expect(from).toBeGreaterThan(last + 1);
        expect(to).toBeGreaterThanOrEqual(from);
        expect(to).toBeLessThan(through);
        last = to;
      }
    }),
  );
});

it("counts a stream as complete exactly when nothing below its highest number is missing", () => {
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 30 }), (ranges) => {
      const stream = newStream();
      for (const { from, to } of ranges) stream.received += settle(stream, from, to);
      const { received, expected, missing } = completeness({ s: stream });
      expect(received + missing).toBe(expected);
      expect(missing === 0).toBe(stream.gaps.length === 0);
    }),
  );
});
