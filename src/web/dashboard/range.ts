import { computed } from "@preact/signals";
import { HOUR_MS, MINUTE_MS } from "../../time";
import { place } from "./place";

/** The spans to choose from. Days are in the viewer's zone: "7 days" is today and the six before. */
export const RANGES = {
  "1h": { label: "Last hour", hours: 1 },
  "24h": { label: "Last 24 hours", hours: 24 },
  "7d": { label: "Last 7 days", days: 7 },
  "30d": { label: "Last 30 days", days: 30 },
  "90d": { label: "Last 90 days", days: 90 },
} as const;
export type RangeName = keyof typeof RANGES;
const DEFAULT_RANGE: RangeName = "7d";

export interface Span {
  /** Epoch ms, half-open. */
  from: number;
  to: number;
}

const isRangeName = (name: string | undefined): name is RangeName => name !== undefined && Object.hasOwn(RANGES, name);

/** Midnight of the viewer's day `back` days ago. */
function dayStart(now: number, back: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - back);
  return day.getTime();
}

/** The span that a name stands for now. It ends on a full minute, so that the question stays the same within a minute. */
function spanOf(name: RangeName, now: number): Span {
  const to = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const range = RANGES[name];
  return "hours" in range ? { from: to - range.hours * HOUR_MS, to } : { from: dayStart(now, range.days - 1), to };
}

/** The span in the URL: two instants, or a name. */
export function currentSpan(params: Readonly<Record<string, string>>, now: number): Span {
  const from = Number(params["from"]);
  const to = Number(params["to"]);
  if (Number.isFinite(from) && Number.isFinite(to) && from > 0 && to > from) return { from, to };
  return spanOf(rangeName(params), now);
}

export const rangeName = ({ range }: Readonly<Record<string, string>>): RangeName =>
  isRangeName(range) ? range : DEFAULT_RANGE;

export const site = computed(() => place.value.params["site"] ?? "");
export const bots = computed(() => place.value.params["bots"] ?? "exclude");
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
