import { describe, expect, it } from "vitest";
import { readPhone } from "../../src/leads/phone";

const BERLIN = "+4930901820";

describe("a phone number", () => {
  it.each([
    ["+4930901820", BERLIN],
    [" 0049 30 901820 ", BERLIN],
    ["00442079460958", "+442079460958"],
  ])("with a country code needs no more: %s", (text, number) => {
    expect(readPhone(text, null, null)?.number).toBe(number);
    expect(readPhone(text, "US", "FR")?.number).toBe(number);
  });

  it.each([
    ["DE", null],
    [" de ", null],
    ["49", null],
    ["+49", null],
    ["0049", null],
    ["DE", "US"],
    [null, "DE"],
    [null, "de"],
    // A hint that names no plan says nothing.
    ["", "DE"],
    ["Germany", "DE"],
    ["XX", "DE"],
    ["0", "DE"],
    ["000", "DE"],
    ["+", "DE"],
    ["12345", "DE"],
    ["x49", "DE"],
    ["49x", "DE"],
    ["+0049", "DE"],
  ])("without one is read by the form's hint, or else by where the caller is: %j, %j", (hint, edge) => {
    expect(readPhone("030 901820", hint, edge)).toEqual({ number: BERLIN, country: "DE" });
  });

  it.each(["1242", "999", "+999", "00210", "9"])("is read though there is no calling code %s", (hint) => {
    expect(readPhone("030 901820", hint, "DE")?.number).toBe(BERLIN);
    expect(readPhone("030 901820", hint, null)).toBeNull();
    expect(readPhone("030 901820", null, hint)).toBeNull();
  });

  it("by a code of one digit or of three is of the plan that it names", () => {
    expect(readPhone("(202) 555-0143", "1", null)).toMatchObject({ number: "+12025550143" });
    expect(readPhone("21 234 5678", "353", null)).toMatchObject({ number: "+353212345678", country: "IE" });
  });

  it("may be of no country: an international freephone number", () => {
    expect(readPhone("+800 1234 5678", null, null)).toEqual({ number: "+80012345678", country: null });
  });

  it.each([
    ["nobody says which country's", "030 901820", null, null],
    ["it is too short", "+49 30", null, null],
    ["it is text", "call me", "DE", "DE"],
    ["it is empty", "", "DE", "DE"],
    ["it begins with three noughts", "00049 30 901820", null, null],
  ])("is none where %s", (_, text, hint, edge) => {
    expect(readPhone(text, hint, edge)).toBeNull();
  });
});
