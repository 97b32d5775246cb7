import { addressFacts } from "../../campaign";
import type { Kit } from "../../kit";

/** If the tag has `data-hash`, makes each route in the hash a view of its own. */
export function followHash({ options, plug }: Kit): void {
  if (!("hash" in options)) return;
  plug.addressFacts = (page) => {
    const { campaignQuery, shownView } = addressFacts(page);
    return { campaignQuery, shownView: shownView + (/#!?\/.*/.exec(page) ?? "") };
  };
}
