import { describe, expect, it } from "vitest";
import { offsetOf, zoneGap } from "../../src/core/network/timezone";

const WINTER = Date.UTC(2031, 0, 15, 12);
const SUMMER = Date.UTC(2031, 6, 15, 12);

describe("a zone's offset", () => {
  it.each([
    ["UTC", 0, 0],
    ["Europe/Berlin", 60, 120],
    ["America/New_York", -300, -240],
    ["Asia/Kolkata", 330, 330],
    ["Asia/Kathmandu", 345, 345],
    ["Pacific/Kiritimati", 840, 840],
    ["Etc/GMT+12", -720, -720],
    ["Australia/Sydney", 660, 600],
  ])("of %s is %i min in January and %i in July", (zone, winter, summer) => {
    expect(offsetOf(zone, WINTER)).toBe(winter);
    expect(offsetOf(zone, SUMMER)).toBe(summer);
  });

  it.each([
    ["midnight there", Date.UTC(2031, 0, 14, 23)],
    ["the turn of the year there", Date.UTC(2030, 11, 31, 23, 30)],
    ["the turn of a month", Date.UTC(2031, 1, 28, 23, 59)],
    ["the middle of a minute", Date.UTC(2031, 0, 15, 12, 0, 59, 999)],
    ["before 1970", Date.UTC(1969, 11, 31, 23, 59, 30)],
  ])("is the same at %s", (_, at) => {
    expect(offsetOf("Europe/Berlin", at)).toBe(60);
  });

  it("is not known of a name that is no zone, however often it is asked for", () => {
    for (let i = 0; i < 2; i++) for (const zone of ["Mars/Olympus", "", "x"]) expect(offsetOf(zone, WINTER)).toBeNull();
  });

  it("stays right when more names are asked for than are kept", () => {
    for (let i = 0; i < 1_100; i++) expect(offsetOf(`Nowhere/${i}`, WINTER)).toBeNull();
    expect(offsetOf("Asia/Kolkata", WINTER)).toBe(330);
    expect(offsetOf("Nowhere/0", WINTER)).toBeNull();
  });
});

describe("the gap between two zones", () => {
  it.each([
    ["Europe/Berlin", "Europe/Paris", 0],
    ["Europe/Berlin", "America/New_York", 360],
    ["America/New_York", "Europe/Berlin", 360],
    ["UTC", "Asia/Kathmandu", 345],
    ["UTC", "Etc/GMT+12", 720],
    // 14 h ahead and 10 h behind are the same clock, a day apart.
    ["Pacific/Kiritimati", "Pacific/Honolulu", 0],
    ["Pacific/Auckland", "Pacific/Honolulu", 60],
    ["Etc/GMT-13", "UTC", 660],
  ])("%s and %s is %i min in January, the shorter way round the clock", (a, b, gap) => {
    expect(zoneGap(a, b, WINTER)).toBe(gap);
  });

  it.each([
    [null, "UTC"],
    ["UTC", null],
    [undefined, "UTC"],
    ["UTC", undefined],
    ["", "UTC"],
    ["UTC", ""],
    ["Mars/Olympus", "UTC"],
    ["UTC", "Mars/Olympus"],
    ["Mars/Olympus", "Mars/Olympus"],
  ])("%j and %j is not known", (a, b) => {
    expect(zoneGap(a, b, WINTER)).toBeNull();
  });
});
