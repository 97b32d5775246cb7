/** Name of the one actor that adds up what all sites spend. */
export const BUDGETS = "sites";
