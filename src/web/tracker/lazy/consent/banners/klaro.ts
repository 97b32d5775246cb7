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

/** https://klaro.org/docs/api/js_api: a service by its name in Klaro's configuration. */
export const klaro: Banner = {
  category: "pulsegate",
  events: [],
  read(page, category) {
    const manager = (page as KlaroPage).klaro?.getManager();
    // What is allowed before there is an answer is Klaro's default, and nobody's word.
    return manager && choice(manager.confirmed && manager.getConsent(category), manager.confirmed);
  },
  watch(page, again) {
    (page as KlaroPage).klaro?.getManager().watch({ update: () => again() });
  },
};
