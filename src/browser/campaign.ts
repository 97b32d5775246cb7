import { CAMPAIGN } from "../sources/campaign";

export { CAMPAIGN };

/** The campaign that an address tells of, where it says something: a query. Empty for none. */
export const campaignOf = (page: string): string =>
  `${new URLSearchParams([...new URL(page).searchParams].filter(([name, value]) => value && CAMPAIGN.test(name)))}`;
