import { type Banner, choice } from "../banner";

interface Cookiebot {
  consent?: Record<string, boolean | string>;
  hasResponse?: boolean;
}

/** https://www.cookiebot.com/en/developer/ */
export const cookiebot: Banner = {
  category: "statistics",
  events: ["CookiebotOnConsentReady", "CookiebotOnAccept", "CookiebotOnDecline"],
  read(page, category) {
    const { Cookiebot } = page as { Cookiebot?: Cookiebot };
    return Cookiebot && choice(Cookiebot.consent?.[category], Cookiebot.hasResponse);
  },
};
