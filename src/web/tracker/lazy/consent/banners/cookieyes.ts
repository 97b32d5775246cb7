import { type Banner, choice } from "../banner";

interface CookieYesPage {
  getCkyConsent?(): { categories?: Record<string, boolean>; isUserActionCompleted?: boolean };
}

/** https://www.cookieyes.com/documentation/retrieving-consent-data-using-api-getckyconsent/ */
export const cookieyes: Banner = {
  category: "analytics",
  events: ["cookieyes_banner_load", "cookieyes_consent_update"],
  read(page, category) {
    const said = (page as CookieYesPage).getCkyConsent?.();
    return said && choice(said.categories?.[category], said.isUserActionCompleted);
  },
};
