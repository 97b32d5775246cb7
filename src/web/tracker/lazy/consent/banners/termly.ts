import { type Banner, choice } from "../banner";

interface TermlyPage {
  Termly?: { getConsentState?(): Record<string, boolean> | undefined; on?(event: string, hear: () => void): void };
}

/** https://support.termly.io. It reports an answer, but not whether an earlier visit had one: an earlier refusal stays pending. */
export const termly: Banner = {
  category: "analytics",
  events: [],
  read(page, category, isAnswered) {
    const said = (page as TermlyPage).Termly?.getConsentState?.();
    return said && choice(said[category], isAnswered);
  },
  watch(page, again) {
    (page as TermlyPage).Termly?.on?.("consent", () => again(true));
  },
};
