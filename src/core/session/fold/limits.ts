/** Distinct pages that a session remembers by URL, and their text: the snapshot has to fit one row with the head. */
export const MAX_PAGES = 100;
export const MAX_PAGES_UNITS = 32 * 1024;
/** How many of the newest events and pages are shown with a lead. */
export const EVIDENCE_EVENTS = 10;
export const EVIDENCE_PAGES = 20;
