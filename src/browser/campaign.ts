/**
 * Names of parameters that say which campaign brought the visitor: `utm_…`, and the click ids of src/sources/clicks.ts without
 * those that links between people and free results carry (igsh, srsltid).
 */
export const CAMPAIGN =
  /^utm_|clk?id$|^([gw]braid|gad_.*|(li_fat_|irclick|scc|rdt_c|mc_c)id|epik|tblci|dicbo|awc|cjevent)$/i;

/** The campaign that an address tells of, where it says something: a query. Empty for none. */
export const campaignOf = (page: string): string =>
  `${new URLSearchParams([...new URL(page).searchParams].filter(([name, value]) => value && CAMPAIGN.test(name)))}`;
