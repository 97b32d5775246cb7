import { type Banner, choice } from "../banner";

interface OneTrustPage {
  /** Groups that are allowed, with commas around each. */
  OnetrustActiveGroups?: string;
  OneTrust?: { IsAlertBoxClosed?(): boolean };
}

/** https://developer.onetrust.com/onetrust/docs/javascript-api. C0002: performance cookies. */
export const onetrust: Banner = {
  category: "C0002",
  events: ["OneTrustGroupsUpdated", "consent.onetrust"],
  read(page, category) {
    const { OnetrustActiveGroups: groups, OneTrust } = page as OneTrustPage;
    if (groups === undefined) return;
    return choice(groups.split(",").includes(category), OneTrust?.IsAlertBoxClosed?.());
  },
};
