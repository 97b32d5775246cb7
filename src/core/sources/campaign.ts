/**
 * Names of parameters that say which campaign brought the visitor: `utm_…`, and the click ids of clicks.ts without those that
 * links between people and free results carry.
 */
export const CAMPAIGN =
  /^utm_|clk?id$|^([gw]braid|gad_.*|(li_fat_|irclick|scc|rdt_c|mc_c)id|epik|tblci|dicbo|awc|cjevent)$/i;

/** The others: they begin no session, and still say where it came from. */
export const SHARED = /^(igsh(id)?|srsltid)$/i;
