/** The one object that adds up what sites spend. */
export const BUDGETS = "sites";
