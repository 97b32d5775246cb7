import { type Banner, choice } from "../banner";

interface ComplianzPage {
  cmplz_has_consent?(category: string): boolean;
  document?: { cookie: string };
}

/** Its cookie for an answer of whatever kind; there is no call that tells. The prefix may be the site's. */
const ANSWERED = /banner-status=dismissed/;

/** https://complianz.io/developers-guide-for-hooks-and-events/ */
export const complianz: Banner = {
  category: "statistics",
  events: ["cmplz_status_change", "cmplz_fire_categories", "cmplz_banner_status"],
  read(page, category) {
    const { cmplz_has_consent: has, document } = page as ComplianzPage;
    return has && choice(has(category), ANSWERED.test(document?.cookie ?? ""));
  },
};
