import { MINUTE_MS } from "../time";

/** Nobody waits longer than this for a paint, or for an answer to a click. */
export const MAX_VITAL_MS = 10 * MINUTE_MS;
/** Layout shift sums parts of at most 1 over five seconds, so no page gets this far. */
export const MAX_LAYOUT_SHIFT = 1_000;

const NAMES = ["lcp", "inp", "cls", "fcp", "ttfb"] as const;
type VitalName = (typeof NAMES)[number];

const HIGHEST: Readonly<Record<VitalName, number>> = {
  lcp: MAX_VITAL_MS,
  inp: MAX_VITAL_MS,
  cls: MAX_LAYOUT_SHIFT,
  fcp: MAX_VITAL_MS,
  ttfb: MAX_VITAL_MS,
};

/** How quickly a page loaded and answered, from a `web_vitals` event: ms, `cls` without a unit. Absent if not known. */
export type Vitals = Partial<Record<VitalName, number>>;

/** The plausible measurements in an event's data: a page may send anything under these names. */
export function vitalsOf(data: Readonly<Record<string, unknown>>): Vitals {
  const vitals: Vitals = {};
  for (const name of NAMES) {
    const value = data[name];
    if (typeof value === "number" && value >= 0 && value <= HIGHEST[name]) vitals[name] = value;
  }
  return vitals;
}
