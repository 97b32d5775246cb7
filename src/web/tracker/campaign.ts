import { CAMPAIGN } from "../../core/sources/campaign";

export { CAMPAIGN };

/** What an address says about the view, and about the campaign that led to it. */
export interface AddressFacts {
  /** The campaign parameters that have a value, as a query. Empty if there are none. */
  campaignQuery: string;
  /** The address without campaign parameters and fragment. Two addresses show the same view if this is the same. */
  shownView: string;
}

/** Splits with a regular expression, because `URL` throws on some texts. */
export function addressFacts(page: string): AddressFacts {
  const [, path, query] = /^([^?#]*)\??([^#]*)/.exec(page) ?? [];
  const rest = new URLSearchParams(query);
  const campaign = new URLSearchParams();
  for (const [name, value] of [...rest]) {
    if (!CAMPAIGN.test(name)) continue;
    rest.delete(name);
    if (value) campaign.append(name, value);
  }
  return { campaignQuery: `${campaign}`, shownView: `${path}?${rest}` };
}
