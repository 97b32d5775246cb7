import { CAMPAIGN } from "../sources/campaign";

export { CAMPAIGN };

/** What an address tells. */
export interface Told {
  /** The campaign that it brings, where it says something: a query. Empty for none. */
  campaign: string;
  /** What the page shows: the same view with another campaign, or at another place of the page, is no other. */
  view: string;
}

/** `isHashRoute`: what follows `#/` is a page of its own. */
export function toldBy(page: string, isHashRoute?: boolean): Told {
  const { pathname, searchParams: rest, hash } = new URL(page);
  const campaign = new URLSearchParams();
  for (const [name, value] of [...rest]) {
    if (!CAMPAIGN.test(name)) continue;
    rest.delete(name);
    if (value) campaign.append(name, value);
  }
  return { campaign: `${campaign}`, view: `${pathname}?${rest}${isHashRoute && /^#!?\//.test(hash) ? hash : ""}` };
}
