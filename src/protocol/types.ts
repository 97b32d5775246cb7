/** What a page measures of itself: no act of its visitor's, so it moves no time, no rhythm and no score. */
export const VITALS_TYPE = "web_vitals";

/** The built-in event types of the contract; any other name is a custom event (`event-name.ts`). */
export const BUILT_IN_TYPES: ReadonlySet<string> = new Set([
  "page_view",
  "click",
  "scroll",
  "mousemove",
  "navigation",
  "visibility_change",
  "form_focus",
  "form_change",
  "form_submit",
  "form_abandoned",
  "rage_click",
  "dead_click",
  "outbound",
  "download",
  "identify",
  "error",
  "custom",
  VITALS_TYPE,
]);
