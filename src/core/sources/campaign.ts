/**
 * Names of parameters that say which campaign brought the visitor: `utm_…`, and the click ids of clicks.ts without those that
 * links between people and free results carry.
 */
export const CAMPAIGN =
  /^utm_|clk?id$|^([gw]braid|gad_.*|(li_fat_|irclick|scc|rdt_c|mc_c)id|epik|tblci|dicbo|awc|cjevent)$/i;

/** Click ids of links between people and of free results: they begin no session, but still name its source. */
export const SHARED = /^(igsh(id)?|srsltid)$/i;
