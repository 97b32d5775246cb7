/** How many addresses and sessions with a spent budget an isolate remembers. */
export const BUDGET_CACHE_SENDERS = 10_000;
