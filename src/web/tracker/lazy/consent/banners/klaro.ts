import { type Banner, choice } from "../banner";

interface Manager {
  /** The visitor has answered. */
  confirmed: boolean;
  getConsent(service: string): boolean;
  watch(watcher: { update(): void }): void;
}

interface KlaroPage {
  klaro?: { getManager(): Manager };
}

/** https://klaro.org/docs/api/js_api. A category is a service's name in Klaro's configuration. */
export const klaro: Banner = {
  category: "pulsegate",
  events: [],
  read(page, category) {
    const manager = (page as KlaroPage).klaro?.getManager();
    // Before an answer, `getConsent` returns Klaro's default, which is not the visitor's choice.
    return manager && choice(manager.confirmed && manager.getConsent(category), manager.confirmed);
  },
  watch(page, again) {
    (page as KlaroPage).klaro?.getManager().watch({ update: () => again() });
  },
};
