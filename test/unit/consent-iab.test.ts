import { describe, expect, it } from "vitest";
import { gppState } from "../../src/web/tracker/lazy/consent/gpp";
import { strictest } from "../../src/web/tracker/lazy/consent/strictest";
import { purposesIn, type TcData, tcfState } from "../../src/web/tracker/lazy/consent/tcf";

const purposes = (...given: number[]) =>
  Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i + 1}`, given.includes(i + 1)]));

/** As the TCF's document on its API shows it. */
const tcData = (more: Partial<TcData>, ...given: number[]) => ({
  tcString: "CPc",
  tcfPolicyVersion: 5,
  cmpId: 1_000,
  cmpVersion: 1,
  cmpStatus: "loaded",
  listenerId: 1,
  isServiceSpecific: true,
  useNonStandardTexts: false,
  publisherCC: "DE",
  purposeOneTreatment: false,
  purpose: { consents: purposes(...given), legitimateInterests: purposes(8) },
  vendor: { consents: {}, legitimateInterests: {} },
  gdprApplies: true,
  eventStatus: "tcloaded",
  ...more,
});

describe("the TCF", () => {
  it.each<[string, TcData, string | undefined]>([
    ["where no law asks", tcData({ gdprApplies: false }), "granted"],
    ["before the platform knows", { eventStatus: "tcloaded", purpose: { consents: purposes(1, 8) } }, undefined],
    ["while it asks", tcData({ eventStatus: "cmpuishown" }, 1, 8), undefined],
    ["by an earlier answer", tcData({}, 1, 7, 8), "granted"],
    ["by an answer", tcData({ eventStatus: "useractioncomplete" }, 1, 8), "granted"],
    ["by a refusal of all", tcData({ eventStatus: "useractioncomplete" }), "denied"],
    ["without storage", tcData({ eventStatus: "useractioncomplete" }, 8), "denied"],
    ["with storage only: an interest that is called legitimate is no consent", tcData({}, 1), "denied"],
    ["without any purposes", { eventStatus: "tcloaded", gdprApplies: true }, "denied"],
  ])("%s", (_, data, state) => {
    expect(tcfState(data, purposesIn(""))).toBe(state);
  });

  it.each([
    ["", ["1", "8"]],
    ["true", ["1", "8"]],
    ["1 8 10", ["1", "8", "10"]],
    ["1,9", ["1", "9"]],
  ])("asks for the purposes that the option names: %j", (option, asked) => {
    expect(purposesIn(option)).toEqual(asked);
  });

  it("grants what all of them grant", () => {
    expect(tcfState(tcData({}, 1, 8), purposesIn("1 8 10"))).toBe("denied");
    expect(tcfState(tcData({}, 1, 8, 10), purposesIn("1 8 10"))).toBe("granted");
  });
});

/** As its specification shows a section: parts, of which the first has the choices. */
const usnat = (more: object = {}, gpc = false) => [
  {
    Version: 1,
    SharingNotice: 1,
    SaleOptOutNotice: 1,
    SharingOptOutNotice: 1,
    TargetedAdvertisingOptOutNotice: 1,
    SaleOptOut: 2,
    SharingOptOut: 2,
    TargetedAdvertisingOptOut: 2,
    MspaCoveredTransaction: 2,
    ...more,
  },
  { GpcSegmentType: 1, Gpc: gpc },
];
const ready = (applicableSections: number[], parsedSections: Record<string, unknown>) => ({
  gppVersion: "1.1",
  cmpStatus: "loaded",
  cmpDisplayStatus: "hidden",
  supportedAPIs: ["7:usnat"],
  cmpId: 1_000,
  signalStatus: "ready",
  sectionList: applicableSections,
  gppString: "DBABLA~",
  applicableSections,
  parsedSections,
});

describe("the GPP", () => {
  it.each<[string, Parameters<typeof gppState>[0], string]>([
    ["nothing", {}, "pending"],
    ["not ready", { ...ready([7], { usnat: usnat() }), signalStatus: "not ready" }, "pending"],
    ["no section applies", ready([-1], {}), "granted"],
    ["which one applies is not known", ready([0], { usnat: usnat() }), "pending"],
    ["no opt-out", ready([7], { usnat: usnat() }), "granted"],
    ["an opt-out of sale", ready([7], { usnat: usnat({ SaleOptOut: 1 }) }), "denied"],
    ["an opt-out of sharing", ready([7], { usnat: usnat({ SharingOptOut: 1 }) }), "denied"],
    ["an opt-out of advertising", ready([7], { usnat: usnat({ TargetedAdvertisingOptOut: 1 }) }), "denied"],
    ["the browser's signal", ready([7], { usnat: usnat({}, true) }), "denied"],
    ["a state's, without parts", ready([8], { usca: { SaleOptOut: 1, SharingOptOut: 2 } }), "denied"],
    ["a state's, without an opt-out", ready([8], { usca: { SaleOptOut: 2, SharingOptOut: 2 } }), "granted"],
    ["a state that is new", ready([99], { uszz: [{ SaleOptOut: 1 }] }), "denied"],
    ["a section that was not read", ready([7], {}), "pending"],
    ["two sections, one with an opt-out", ready([7, 8], { usnat: usnat(), usca: [{ SaleOptOut: 1 }] }), "denied"],
    ["the first string", ready([6], { uspv1: "1YNN" }), "granted"],
    ["the first string, opted out", ready([6], { uspv1: "1YYN" }), "denied"],
    ["the first string by its letters", ready([6], { uspv1: { Version: 1, Notice: "Y", OptOutSale: "Y" } }), "denied"],
    ["Europe's, by numbers", ready([2], { tcfeuv2: [{ PurposeConsent: [1, 2, 8] }] }), "granted"],
    [
      "Europe's, by yes and no",
      ready([2], { tcfeuv2: { PurposeConsents: [true, ...Array(6).fill(false), true] } }),
      "granted",
    ],
    ["Europe's, refused", ready([2], { tcfeuv2: [{ PurposeConsent: [] }] }), "denied"],
    ["Europe's, not read", ready([2], {}), "pending"],
    ["Canada's, of which nothing is read", ready([5], { tcfcav1: [{}] }), "pending"],
  ])("by %s", (_, said, state) => {
    expect(gppState(said)).toBe(state);
  });
});

describe("several sources", () => {
  it.each<[Parameters<typeof strictest>[0], string]>([
    [[], "pending"],
    [["granted", "granted"], "granted"],
    [["granted", "pending"], "pending"],
    [["pending", "denied", "granted"], "denied"],
  ])("%j are as the strictest: %s", (states, state) => {
    expect(strictest(states)).toBe(state);
  });
});
