import { describe, expect, it } from "vitest";
import { hear, modeState, newMode, signalsIn } from "../../src/web/tracker/lazy/consent/mode";

/** As gtag.js puts it into the data layer: `function gtag() { dataLayer.push(arguments); }`. */
function gtag(..._: unknown[]): unknown {
  // biome-ignore lint/complexity/noArguments: what is there is an arguments object, and no array.
  return arguments;
}

const ANALYTICS = ["analytics_storage"];
const stateAfter = (isOver: boolean, ...entries: unknown[]) => {
  const mode = newMode();
  for (const entry of entries) hear(mode, entry);
  return modeState(mode, ANALYTICS, isOver);
};
const DENIED = {
  ad_storage: "denied",
  ad_user_data: "denied",
  ad_personalization: "denied",
  analytics_storage: "denied",
};
const GRANTED = { ...DENIED, analytics_storage: "granted" };

describe("consent mode", () => {
  it.each<[string, unknown[], string, string]>([
    ["nothing", [], "pending", "pending"],
    ["a default that denies", [gtag("consent", "default", DENIED)], "pending", "denied"],
    ["a default that grants", [gtag("consent", "default", GRANTED)], "granted", "granted"],
    [
      "a default that grants, and asks to wait",
      [gtag("consent", "default", { ...GRANTED, wait_for_update: 500 })],
      ...(["pending", "granted"] as const),
    ],
    ["an update by itself", [gtag("consent", "update", { analytics_storage: "granted" })], "granted", "granted"],
    [
      "an update that grants",
      [gtag("consent", "default", DENIED), gtag("consent", "update", { analytics_storage: "granted" })],
      ...(["granted", "granted"] as const),
    ],
    [
      "an update that denies",
      [gtag("consent", "default", { ...DENIED, wait_for_update: 2_000 }), gtag("consent", "update", DENIED)],
      ...(["denied", "denied"] as const),
    ],
    [
      "an update that came before the default",
      [gtag("consent", "update", GRANTED), gtag("consent", "default", DENIED)],
      ...(["granted", "granted"] as const),
    ],
    [
      "a withdrawal",
      [gtag("consent", "update", GRANTED), gtag("consent", "update", { analytics_storage: "denied" })],
      ...(["denied", "denied"] as const),
    ],
    [
      "an update of something else",
      [gtag("consent", "default", DENIED), gtag("consent", "update", { ad_storage: "granted" })],
      ...(["pending", "denied"] as const),
    ],
    ["a default of something else", [gtag("consent", "default", { ad_storage: "granted" })], "pending", "pending"],
    [
      "a default that denies in some region only",
      [gtag("consent", "default", { ...DENIED, region: ["ES", "US-AK"] }), gtag("consent", "default", GRANTED)],
      ...(["pending", "denied"] as const),
    ],
    [
      "a default that grants in some region only",
      [gtag("consent", "default", DENIED), gtag("consent", "default", { ...GRANTED, region: ["US-CA"] })],
      ...(["pending", "denied"] as const),
    ],
    [
      "an update where some region's default denies",
      [gtag("consent", "default", { ...DENIED, region: ["ES"] }), gtag("consent", "update", GRANTED)],
      ...(["granted", "granted"] as const),
    ],
    ["an array, as some write it", [["consent", "update", GRANTED]], "granted", "granted"],
    ["a word that is neither", [gtag("consent", "update", { analytics_storage: "perhaps" })], "pending", "pending"],
  ])("by %s", (_, entries, before, then) => {
    expect(stateAfter(false, ...entries)).toBe(before);
    expect(stateAfter(true, ...entries)).toBe(then);
  });

  it.each([
    null,
    undefined,
    7,
    "consent",
    {},
    { event: "gtm.js", "gtm.start": 1 },
    [],
    ["consent"],
    gtag("js", new Date()),
    gtag("config", "G-1"),
    gtag("set", "ads_data_redaction", true),
    { length: 1e9 },
  ])("is not what else a data layer has: %j", (entry) => {
    const mode = newMode();
    expect(hear(mode, entry)).toBe(false);
    expect(mode).toEqual(newMode());
  });

  it("is taken with what is no object, without a fault", () => {
    expect(stateAfter(true, gtag("consent", "default"), gtag("consent", "update", null))).toBe("pending");
  });

  it("asks for the longest wait that a default says", () => {
    const mode = newMode();
    expect(mode.wait).toBeUndefined();
    for (const wait_for_update of [500, 2_000, undefined, "x"])
      hear(mode, gtag("consent", "default", { wait_for_update }));
    expect(mode.wait).toBe(2_000);
  });

  it.each([
    ["", ["analytics_storage"]],
    ["true", ["analytics_storage"]],
    ["ad_storage", ["analytics_storage", "ad_storage"]],
    ["analytics_storage ad_user_data", ["analytics_storage", "ad_user_data"]],
  ])("counts the signals that the option names: %j", (option, signals) => {
    expect(signalsIn(option)).toEqual(signals);
  });

  it("grants only what all signals grant", () => {
    const mode = newMode();
    hear(mode, gtag("consent", "update", GRANTED));
    expect(modeState(mode, signalsIn("ad_storage"), true)).toBe("denied");
    hear(mode, gtag("consent", "update", { ad_storage: "granted" }));
    expect(modeState(mode, signalsIn("ad_storage"), true)).toBe("granted");
  });
});
