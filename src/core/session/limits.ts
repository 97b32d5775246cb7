/** Distinct pages remembered by URL, for the page count of a session: the snapshot is one row with the rest of the head. */
export const MAX_PAGES = 100;
export const MAX_PAGES_UNITS = 32 * 1024;
/** Newest events and pages shown with a lead. */
export const EVIDENCE_EVENTS = 10;
export const EVIDENCE_PAGES = 20;
