import type { PulseGateApi } from "./public";

/** Where a tag or a bundle's module leaves word that it is the page's tracker: whoever comes later adds no second one. */
export const MARK = Symbol.for("pulsegate");

/** Where whoever captures a page's forms leaves word: a tag for forms, a tag for both, or a module. */
export const FORMS = Symbol.for("pulsegate.forms");

export interface Marked {
  [MARK]?: PulseGateApi;
  [FORMS]?: true;
}
