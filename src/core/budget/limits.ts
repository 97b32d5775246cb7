/** Whoever has spent a budget is told to come back within this, seconds. */
export const BUDGET_MAX_WAIT_SECONDS = 3_600;
