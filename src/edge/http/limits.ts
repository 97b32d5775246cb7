/** Addresses and sessions that an isolate remembers as having spent their budget: their calls wake nothing more. */
export const BUDGET_CACHE_SENDERS = 10_000;
