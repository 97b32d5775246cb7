import type { PulseGateApi } from "./public";

/** Marks the page's tracker, of a tag or a module, so that a later one adds no second. */
export const MARK = Symbol.for("pulsegate");

/** Set once a tag or a module captures the page's forms. */
export const FORMS = Symbol.for("pulsegate.forms");

export interface Marked {
  [MARK]?: PulseGateApi;
  [FORMS]?: true;
}
