import { describe, expect, it } from "vitest";
import { MAX_EVENT_AGE_MS, placeInTime } from "../../src/core/session/calls/time";

const NOW = 1_795_000_000_000;

describe("an event's time", () => {
  it.each<[string, number | null | undefined, number | null | undefined, number]>([
    ["as old as the client's clock says", 10_000, 9_000, 1_000],
    ["by a clock that is wrong by years", 5_000, 4_000, 1_000],
    ["to the whole millisecond", 10_000, 9_000.4, 1_000],
    ["now without a time of sending", null, 9_000, 0],
    ["now without a time of its own", 10_000, undefined, 0],
    ["now where it claims to be of the future", 10_000, 11_000, 0],
    ["now where it is as old as nothing", 10_000, 10_000, 0],
    ["a day ago at most", MAX_EVENT_AGE_MS, 0, MAX_EVENT_AGE_MS],
    ["now where no queue explains its age", MAX_EVENT_AGE_MS + 1, 0, 0],
  ])("is %s", (_, sent, timestamp, age) => {
    expect(placeInTime(NOW, sent, timestamp, 0)).toBe(NOW - age);
  });

  it("is not before what came before it, nor after now", () => {
    expect(placeInTime(NOW, 10_000, 9_000, NOW - 400)).toBe(NOW - 400);
    expect(placeInTime(NOW, 10_000, 9_000, NOW - 1_000)).toBe(NOW - 1_000);
    expect(placeInTime(NOW, 10_000, 9_000, NOW + 5_000)).toBe(NOW);
  });
});
