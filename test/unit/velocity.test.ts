import { describe, expect, it } from "vitest";
import { beat, newCadence, rhythm } from "../../src/core/signals/cadence";
import { add, newSpread, variation } from "../../src/core/signals/spread";
import { newVelocity, rates, record } from "../../src/core/signals/velocity";

const T = 1_795_000_000_000;

describe("velocity", () => {
  it("counts what happened in the last ten seconds and the last minute", () => {
    const velocity = newVelocity();
    for (let i = 0; i < 60; i++) record(velocity, T + i * 1_000);
    expect(rates(velocity, T + 59_000)).toEqual({ last_10s: 10, last_60s: 60, peak_10s: 10 });
  });

  it("forgets what left the window, even when nothing happens any more", () => {
    const velocity = newVelocity();
    for (let i = 0; i < 5; i++) record(velocity, T);
    expect(rates(velocity, T + 9_000).last_10s).toBe(5);
    expect(rates(velocity, T + 10_000).last_10s).toBe(0);
    expect(rates(velocity, T + 55_000).last_60s).toBe(5);
    expect(rates(velocity, T + 60_000)).toEqual({ last_10s: 0, last_60s: 0, peak_10s: 5 });
  });

  it("keeps its size whatever the gap between events", () => {
    const velocity = newVelocity();
    record(velocity, T);
    record(velocity, T + 86_400_000);
    expect(rates(velocity, T + 86_400_000)).toEqual({ last_10s: 1, last_60s: 1, peak_10s: 1 });
    expect(velocity.seconds.counts).toHaveLength(10);
  });
});

describe("an act that comes late from another page", () => {
  it("counts in its own second where the window still has it, and in no other", () => {
    const velocity = newVelocity();
    for (const at of [20_000, 12_000, 12_000, 10_000, 11_000]) record(velocity, T + at);
    expect(rates(velocity, T + 20_000)).toEqual({ last_10s: 4, last_60s: 5, peak_10s: 4 });
    expect(rates(velocity, T + 22_000).last_10s).toBe(1);
  });

  it("says nothing of the rhythm", () => {
    const cadence = newCadence();
    for (const at of [0, 500, 100, 1_000]) beat(cadence, T + at);
    expect(rhythm(cadence)).toEqual({ intervals: 2, mean_ms: 500, variation: 0 });
  });
});

describe("cadence", () => {
  it("finds a metronome to have no variation and a person to have some", () => {
    const machine = newCadence();
    const person = newCadence();
    for (let i = 0; i < 20; i++) beat(machine, T + i * 500);
    for (const at of [0, 400, 2_100, 2_300, 9_000, 9_900]) beat(person, T + at);
    expect(rhythm(machine)).toEqual({ intervals: 19, mean_ms: 500, variation: 0 });
    expect(rhythm(person).variation).toBeGreaterThan(0.5);
  });

  it("says nothing of the variation before there are two intervals", () => {
    const cadence = newCadence();
    beat(cadence, T);
    beat(cadence, T + 100);
    expect(rhythm(cadence).variation).toBeNull();
  });
});

describe("the windows of velocity", () => {
  it("move on by whole seconds and by five, whatever is between two events", () => {
    const velocity = newVelocity();
    for (const at of [0, 999, 1_000, 9_999, 10_000]) record(velocity, T + at);
    expect(rates(velocity, T + 10_000)).toEqual({ last_10s: 3, last_60s: 5, peak_10s: 4 });
    record(velocity, T + 19_999);
    expect(rates(velocity, T + 19_999)).toEqual({ last_10s: 2, last_60s: 6, peak_10s: 4 });
  });

  it.each([
    [10_000, 1],
    [15_000, 1],
    [25_000, 1],
  ])("forget what was in them when %i ms pass without an event", (gap, last_10s) => {
    const velocity = newVelocity();
    for (let i = 0; i < 10; i++) record(velocity, T + i * 1_000);
    record(velocity, T + 9_000 + gap);
    expect(rates(velocity, T + 9_000 + gap)).toMatchObject({ last_10s, peak_10s: 10 });
  });

  it("hold nothing before the first event", () => {
    expect(rates(newVelocity(), T)).toEqual({ last_10s: 0, last_60s: 0, peak_10s: 0 });
    expect(newVelocity()).toEqual({
      seconds: { newest: 0, counts: new Array(10).fill(0) },
      minute: { newest: 0, counts: new Array(12).fill(0) },
      peak: 0,
    });
  });

  it("are as they were where they are asked again, or for a time before the newest event", () => {
    const velocity = newVelocity();
    for (const at of [0, 3_000]) record(velocity, T + at);
    expect(rates(velocity, T + 3_000)).toEqual(rates(velocity, T + 3_000));
    expect(rates(velocity, T + 12_999)).toMatchObject({ last_10s: 1 });
    expect(rates(velocity, T + 13_000)).toMatchObject({ last_10s: 0, last_60s: 2 });
  });
});

describe("a spread", () => {
  const of = (...values: number[]) => {
    const spread = newSpread();
    for (const value of values) add(spread, value);
    return spread;
  };

  it("has the mean of its values, and their distance from it", () => {
    expect(of(2, 4, 4, 4, 5, 5, 7, 9)).toEqual({ n: 8, mean: 5, m2: 32 });
    expect(variation(of(2, 4, 4, 4, 5, 5, 7, 9))).toBeCloseTo(Math.sqrt(32 / 7) / 5);
  });

  it.each([[[]], [[5]], [[0, 0]], [[-5, 5]]])("of %j has no variation that means anything", (values) => {
    expect(variation(of(...values))).toBeNull();
  });

  it("has one from two values on", () => {
    expect(variation(of(5, 5))).toBe(0);
    expect(variation(of(1, 3))).toBeCloseTo(Math.SQRT2 / 2);
  });

  it("of a rhythm is told with its mean, to the millisecond", () => {
    const cadence = newCadence();
    for (const at of [0, 100, 201]) beat(cadence, T + at);
    expect(rhythm(cadence)).toMatchObject({ intervals: 2, mean_ms: 101 });
    expect(rhythm(newCadence())).toEqual({ intervals: 0, mean_ms: 0, variation: null });
  });
});
