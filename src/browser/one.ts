import type { PulseGateApi } from "./public";

/** Where a bundle's module leaves word that it is the page's tracker, so that a tag that comes later adds no second one. */
export const MARK = Symbol.for("pulsegate");

export type Marked = { [MARK]?: PulseGateApi };
