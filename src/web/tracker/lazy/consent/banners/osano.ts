import { type Banner, choice } from "../banner";

type Categories = Record<string, string>;

interface Manager {
  getConsent(): Categories | undefined;
  addEventListener(event: string, hear: (said?: Categories) => void): void;
}

interface OsanoPage {
  /** A function that waits for the script, before it is there: without `cm`. */
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
    // Comes at once where it has been: with nothing, where the visitor has not answered.
    manager?.addEventListener("osano-cm-initialized", (said) => again(said !== undefined));
    manager?.addEventListener("osano-cm-consent-saved", () => again(true));
  },
};
