/** Local days in one answer: three years. */
export const MAX_DAYS = 1_100;
