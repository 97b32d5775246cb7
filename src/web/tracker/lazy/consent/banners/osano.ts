import { type Banner, choice } from "../banner";

type Categories = Record<string, string>;

interface Manager {
  getConsent(): Categories | undefined;
  addEventListener(event: string, hear: (said?: Categories) => void): void;
}

interface OsanoPage {
  /** Until the script has loaded, this is a function that waits for it, without `cm`. */
  Osano?: { cm?: Manager };
}

/** https://developers.osano.com/cmp/javascript-api/developer-documentation-consent-javascript-api */
export const osano: Banner = {
  category: "ANALYTICS",
  events: [],
  read(page, category, isAnswered) {
    const manager = (page as OsanoPage).Osano?.cm;
    return manager && choice(manager.getConsent()?.[category] === "ACCEPT", isAnswered);
  },
  watch(page, again) {
    const manager = (page as OsanoPage).Osano?.cm;
    // Fires at once if it has fired before. `said` is undefined if the visitor has not answered.
    manager?.addEventListener("osano-cm-initialized", (said) => again(said !== undefined));
    manager?.addEventListener("osano-cm-consent-saved", () => again(true));
  },
};
