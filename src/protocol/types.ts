/** The type of a page's own measurements. They are no act of the visitor's, so they change no time, rhythm or score. */
export const VITALS_TYPE = "web_vitals";

/** The built-in event types. Any other name is a custom event (`event-name.ts`). */
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
