import { addressFacts } from "../../campaign";
import type { Kit } from "../../kit";

/** Makes a route in the hash a view of its own, where the tag says that pages are kept there. */
export function followHash({ options, plug }: Kit): void {
  if (!("hash" in options)) return;
  plug.addressFacts = (page) => {
    const { campaignQuery, shownView } = addressFacts(page);
    return { campaignQuery, shownView: shownView + (/#!?\/.*/.exec(page) ?? "") };
  };
}
