import { describe, expect, it } from "vitest";
import { beat, newCadence, rhythm } from "../../src/session/cadence";
import { newVelocity, rates, record } from "../../src/session/velocity";

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
