import { CAMPAIGN } from "../../core/sources/campaign";

export { CAMPAIGN };

/** What an address tells. */
export interface Told {
  /** The campaign that it brings, where it says something: a query. Empty for none. */
  campaign: string;
  /** What the page shows: the same view with another campaign, or at another place of the page, is no other. */
  view: string;
}

/** By an expression, which takes any text. */
export function toldBy(page: string): Told {
  const [, path, query] = /^([^?#]*)\??([^#]*)/.exec(page) ?? [];
  const rest = new URLSearchParams(query);
  const campaign = new URLSearchParams();
  for (const [name, value] of [...rest]) {
    if (!CAMPAIGN.test(name)) continue;
    rest.delete(name);
    if (value) campaign.append(name, value);
  }
  return { campaign: `${campaign}`, view: `${path}?${rest}` };
}
