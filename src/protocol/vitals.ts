import { MAX_LAYOUT_SHIFT, MAX_VITAL_MS } from "../limits";

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
