/** The longest wait that is told to somebody who has spent a budget, seconds. */
export const BUDGET_MAX_WAIT_SECONDS = 3_600;
