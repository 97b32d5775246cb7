import { describe, expect, it } from "vitest";
import { Bucket } from "../../src/core/session/calls/bucket";
import { SESSION_BURST_EVENTS, SESSION_EVENTS_PER_SECOND } from "../../src/limits";

const T = 1_795_000_000_000;

describe("a bucket", () => {
  it("is full at first, and gives as much as it holds", () => {
    const bucket = new Bucket(10, 2);
    expect(bucket.take(11, T)).toBe(1);
    expect(bucket.take(10, T)).toBe(0);
    expect(bucket.take(1, T)).toBe(1);
  });

  it("fills at its rate, and no further than its burst", () => {
    const bucket = new Bucket(10, 2);
    bucket.take(10, T);
    expect(bucket.take(1, T + 499)).toBe(1);
    expect(bucket.take(1, T + 500)).toBe(0);
    expect(bucket.take(11, T + 3_600_000)).toBeGreaterThan(0);
    expect(bucket.take(10, T + 3_600_000)).toBe(0);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [8, 4],
    [9, 5],
  ])("says when there is enough for %i: in %i s", (count, seconds) => {
    const bucket = new Bucket(10, 2);
    bucket.take(10, T);
    expect(bucket.take(count, T)).toBe(seconds);
  });

  it("counts what is left in it", () => {
    const bucket = new Bucket(10, 2);
    bucket.take(7, T);
    expect(bucket.take(7, T)).toBe(2);
    expect(bucket.take(3, T)).toBe(0);
  });

  it("takes nothing for what it refuses, and earns nothing by a clock that goes back", () => {
    const bucket = new Bucket(10, 2);
    bucket.take(10, T);
    expect(bucket.take(4, T)).toBe(2);
    expect(bucket.take(2, T - 60_000)).toBe(1);
    expect(bucket.take(2, T - 59_000)).toBe(0);
  });

  it("of a session holds its burst", () => {
    const bucket = new Bucket();
    expect(bucket.take(SESSION_BURST_EVENTS, T)).toBe(0);
    expect(bucket.take(SESSION_EVENTS_PER_SECOND, T)).toBe(1);
    expect(bucket.take(SESSION_EVENTS_PER_SECOND, T + 1_000)).toBe(0);
  });
});
