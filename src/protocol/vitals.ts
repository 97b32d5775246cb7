import { MINUTE_MS } from "../time";

/** A paint, or an answer to a click, that is said to have taken longer was not waited for by anybody. */
export const MAX_VITAL_MS = 10 * MINUTE_MS;
/** Layout shift is a sum over five seconds of parts of at most 1 each: no page has as many as this. */
export const MAX_LAYOUT_SHIFT = 1_000;

/** How quickly a page has loaded and answered, as a `web_vitals` event says it: ms, `cls` without a unit; absent what is not known. */
export type Vitals = Partial<Record<"lcp" | "inp" | "cls" | "fcp" | "ttfb", number>>;

const HIGHEST: Readonly<Required<Vitals>> = {
  ...{ lcp: MAX_VITAL_MS, inp: MAX_VITAL_MS, cls: MAX_LAYOUT_SHIFT, fcp: MAX_VITAL_MS, ttfb: MAX_VITAL_MS },
};

/** What of an event's data can be true: a page may send anything under these names. */
export function vitalsOf(data: Readonly<Record<string, unknown>>): Vitals {
  const vitals: Vitals = {};
  for (const [name, highest] of Object.entries(HIGHEST)) {
    const value = data[name];
    if (typeof value === "number" && value >= 0 && value <= highest) vitals[name as keyof Vitals] = value;
  }
  return vitals;
}
