import { type Banner, choice } from "../banner";

interface ComplianzPage {
  cmplz_has_consent?(category: string): boolean;
  document?: { cookie: string };
}

/** The cookie that any answer sets, because no call tells whether there was one. The site may choose the cookie's prefix. */
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
