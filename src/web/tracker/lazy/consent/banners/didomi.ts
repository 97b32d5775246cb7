import { type Banner, choice } from "../banner";

interface Didomi {
  getCurrentUserStatus(): { purposes?: Record<string, { enabled?: boolean } | undefined> };
  /** True while the visitor has to be asked and has not answered. */
  shouldUserStatusBeCollected(): boolean;
}

interface DidomiPage {
  Didomi?: Didomi;
  didomiEventListeners?: { event: string; listener(): void }[];
}

/** https://developers.didomi.io/cmp/web-sdk/reference. To store on the device, and to measure content: TCF purposes 1 and 8. */
export const didomi: Banner = {
  category: "cookies+measure_content_performance",
  events: [],
  read(page, category) {
    const { Didomi } = page as DidomiPage;
    if (!Didomi) return;
    const isEnabled = Didomi.getCurrentUserStatus().purposes?.[category]?.enabled;
    return choice(isEnabled, isEnabled === false && Didomi.shouldUserStatusBeCollected() === false);
  },
  watch(page, again) {
    const { didomiEventListeners: listeners = [] } = page as DidomiPage;
    (page as DidomiPage).didomiEventListeners = listeners;
    listeners.push({ event: "consent.changed", listener: () => again() });
  },
};
