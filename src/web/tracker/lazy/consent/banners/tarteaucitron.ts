import { type Banner, choice } from "../banner";

interface TarteAuCitronPage {
  /** The state of each service by its key: true, false, or `wait` before there is an answer. */
  tarteaucitron?: { state?: Record<string, boolean | string> };
  addEventListener?(event: string, hear: () => void, isCapturing: boolean): void;
}

/** https://tarteaucitron.io. A category is a service's key. */
export const tarteaucitron: Banner = {
  category: "pulsegate",
  events: ["tac.consent_updated", "tac.close_panel", "tac.close_alert"],
  read(page, category) {
    const { state } = (page as TarteAuCitronPage).tarteaucitron ?? {};
    return state && choice(state[category], state[category] === false);
  },
  watch(page, again, category) {
    for (const word of ["Ok", "Ko"]) {
      (page as TarteAuCitronPage).addEventListener?.(`${category}_consentMode${word}`, () => again(), true);
    }
  },
};
