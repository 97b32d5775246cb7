import { describe, expect, it } from "vitest";
import { BANNERS } from "../../src/web/tracker/lazy/consent/banners";

type Name = keyof typeof BANNERS;
type Case = [what: string, page: object, state: string | undefined, isAnswered?: boolean];

const cookiebot = (statistics: boolean, hasResponse: boolean) => ({
  Cookiebot: {
    hasResponse,
    consent: { necessary: true, preferences: false, statistics, marketing: false, stamp: "x" },
  },
});
const onetrust = (OnetrustActiveGroups: string, isClosed: boolean) => ({
  OnetrustActiveGroups,
  OneTrust: { IsAlertBoxClosed: () => isClosed },
});
const didomi = (enabled: boolean | undefined, isToCollect: boolean) => ({
  Didomi: {
    getCurrentUserStatus: () => ({ purposes: { cookies: { id: "cookies", enabled } } }),
    shouldUserStatusBeCollected: () => isToCollect,
  },
});
const service = (categorySlug: string, name: string, status: boolean) => ({
  id: `id-${name}`,
  name,
  categorySlug,
  consent: { status, history: [] },
});
const usercentrics = (isRequired: unknown, ...services: object[]) => ({
  UC_UI: { isInitialized: () => true, isConsentRequired: () => isRequired, getServicesBaseInfo: () => services },
});
const klaro = (confirmed: boolean, isGiven: boolean) => ({
  klaro: {
    getManager: () => ({ confirmed, getConsent: (name: string) => name === "pulsegate" && isGiven, watch: () => {} }),
  },
});
const cookieyes = (analytics: boolean, isUserActionCompleted: boolean) => ({
  getCkyConsent: () => ({
    activeLaw: "gdpr",
    isUserActionCompleted,
    consentID: "x",
    languageCode: "en",
    categories: { necessary: true, functional: false, analytics, performance: false, advertisement: false },
  }),
});
const complianz = (isGiven: boolean, cookie: string) => ({
  cmplz_has_consent: (category: string) => category === "statistics" && isGiven,
  document: { cookie },
});
const osano = (said: object | undefined) => ({ Osano: { cm: { getConsent: () => said, addEventListener: () => {} } } });
const tarteaucitron = (pulsegate: boolean | string) => ({ tarteaucitron: { state: { pulsegate } } });
const termly = (analytics: boolean) => ({
  Termly: { getConsentState: () => ({ essential: true, analytics, performance: true }), on: () => {} },
});

const CASES: Record<Name, Case[]> = {
  cookiebot: [
    ["allowed", cookiebot(true, true), "granted"],
    ["allowed where nobody has to be asked", cookiebot(true, false), "granted"],
    ["refused", cookiebot(false, true), "denied"],
    ["not answered", cookiebot(false, false), "pending"],
    ["loading", { Cookiebot: {} }, "pending"],
  ],
  onetrust: [
    ["allowed", onetrust(",C0001,C0002,C0003,", true), "granted"],
    ["refused", onetrust(",C0001,", true), "denied"],
    ["not answered", onetrust(",C0001,", false), "pending"],
    ["another group with the same beginning", onetrust(",C00021,", true), "denied"],
    ["groups before the rest is there", { OnetrustActiveGroups: ",C0001," }, "pending"],
  ],
  didomi: [
    ["allowed", didomi(true, false), "granted"],
    ["refused", didomi(false, false), "denied"],
    ["not answered", didomi(false, true), "pending"],
    ["a purpose that it does not have", didomi(undefined, false), "pending"],
  ],
  usercentrics: [
    ["allowed", usercentrics(false, service("functional", "A", true), service("essential", "B", false)), "granted"],
    [
      "one of two refused",
      usercentrics(false, service("functional", "A", true), service("functional", "B", false)),
      "denied",
    ],
    ["not answered", usercentrics(true, service("functional", "A", false)), "pending"],
    ["not told whether answered", usercentrics(Promise.resolve(), service("functional", "A", false)), "pending"],
    ["no service of the category", usercentrics(false, service("essential", "A", true)), "pending"],
    ["loading", { UC_UI: { isInitialized: () => false } }, undefined],
  ],
  klaro: [
    ["allowed", klaro(true, true), "granted"],
    ["refused", klaro(true, false), "denied"],
    ["allowed by default", klaro(false, true), "pending"],
  ],
  cookieyes: [
    ["allowed", cookieyes(true, true), "granted"],
    ["refused", cookieyes(false, true), "denied"],
    ["not answered", cookieyes(false, false), "pending"],
  ],
  complianz: [
    ["allowed", complianz(true, "cmplz_banner-status=dismissed; cmplz_statistics=allow"), "granted"],
    ["allowed where nobody has to be asked", complianz(true, ""), "granted"],
    ["refused", complianz(false, "a=1; cmplz_banner-status=dismissed"), "denied"],
    ["not answered", complianz(false, "a=1; cmplz_banner-status=show"), "pending"],
  ],
  osano: [
    ["allowed", osano({ ESSENTIAL: "ACCEPT", ANALYTICS: "ACCEPT" }), "granted"],
    ["refused", osano({ ESSENTIAL: "ACCEPT", ANALYTICS: "DENY" }), "denied", true],
    ["not answered", osano({ ESSENTIAL: "ACCEPT", ANALYTICS: "DENY" }), "pending"],
    ["nothing yet", osano(undefined), "pending"],
    ["the function that waits for it", { Osano: () => {} }, undefined],
  ],
  tarteaucitron: [
    ["allowed", tarteaucitron(true), "granted"],
    ["refused", tarteaucitron(false), "denied"],
    ["not answered", tarteaucitron("wait"), "pending"],
    ["loading", { tarteaucitron: {} }, undefined],
  ],
  termly: [
    ["allowed", termly(true), "granted"],
    ["refused", termly(false), "denied", true],
    ["not answered", termly(false), "pending"],
    ["loading", { Termly: {} }, undefined],
  ],
};

const first = (name: Name): string => BANNERS[name].category.split("+")[0] ?? "";

describe.each(Object.keys(BANNERS) as Name[])("%s", (name) => {
  it.each(CASES[name])("%s", (_, page, state, isAnswered = false) => {
    expect(BANNERS[name].read(page, first(name), isAnswered)).toBe(state);
  });

  it("is not there on a page without it", () => {
    expect(BANNERS[name].read({}, first(name), false)).toBeUndefined();
  });
});

describe("a banner that is watched", () => {
  /** What its listeners pass on, in order. */
  const heard = (name: Name, page: object): (boolean | undefined)[] => {
    const answers: (boolean | undefined)[] = [];
    BANNERS[name].watch?.(page, (isAnswer) => answers.push(isAnswer), first(name));
    return answers;
  };

  it("Osano tells an answer of before from none", () => {
    const calling = (said: object | undefined) => ({
      Osano: {
        cm: {
          getConsent: () => said,
          addEventListener: (event: string, hear: (said?: object) => void) =>
            event === "osano-cm-initialized" && hear(said),
        },
      },
    });
    expect(heard("osano", calling({ ANALYTICS: "DENY" }))).toEqual([true]);
    expect(heard("osano", calling(undefined))).toEqual([false]);
  });

  it("Didomi, Klaro, Termly and tarteaucitron say when it changes", () => {
    const page: Record<string, unknown> = {};
    heard("didomi", page);
    expect(page["didomiEventListeners"]).toEqual([{ event: "consent.changed", listener: expect.any(Function) }]);
    const watch = (watcher: { update(): void }) => watcher.update();
    expect(heard("klaro", { klaro: { getManager: () => ({ watch }) } })).toEqual([undefined]);
    const on = (event: string, hear: () => void) => event === "consent" && hear();
    expect(heard("termly", { Termly: { on } })).toEqual([true]);
    const names: string[] = [];
    heard("tarteaucitron", { addEventListener: (name: string) => names.push(name) });
    expect(names).toEqual(["pulsegate_consentModeOk", "pulsegate_consentModeKo"]);
  });
});
