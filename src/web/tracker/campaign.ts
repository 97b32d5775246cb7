import { CAMPAIGN } from "../../core/sources/campaign";

export { CAMPAIGN };

/** What an address tells. */
export interface AddressFacts {
  /** The campaign that it brings, where it says something: a query. Empty for none. */
  campaignQuery: string;
  /** What the page shows: the same view with another campaign, or at another place of the page, is no other. */
  shownView: string;
}

/** By an expression, which takes any text. */
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
