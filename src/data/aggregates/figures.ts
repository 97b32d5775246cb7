import { medianOf } from "../../core/rollup/durations";
import { type Part, TOTALS, type Total } from "../../core/rollup/session-facts";
import { cutBreakdown, ranked, type Slice } from "../../core/rollup/slice";

/** Sums as the API shows them. Pure. */

export const totalOf = (totals: readonly number[], name: Total): number => totals[TOTALS.indexOf(name)] ?? 0;

/** A quotient, rounded to four decimals; null if `whole` is 0. */
export const share = (part: number, whole: number): number | null =>
  whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : null;

const average = (sum: number, count: number): number | null => (count > 0 ? Math.round(sum / count) : null);

/** The figures that the overview and the days have in common. */
export function figuresOf(totals: readonly number[]) {
  const sessions = totalOf(totals, "sessions");
  const bounces = totalOf(totals, "bounces");
  return {
    sessions,
    events: totalOf(totals, "events"),
    page_views: totalOf(totals, "page_views"),
    bounces,
    bounce_rate: share(bounces, sessions),
    average_engaged_ms: average(totalOf(totals, "engaged_ms"), sessions),
    expected: totalOf(totals, "expected"),
    missing: totalOf(totals, "missing"),
    implausible_streams: totalOf(totals, "implausible"),
    leads: totalOf(totals, "leads"),
  };
}

/** The sums of one value, as most breakdowns have them: sessions, events, page views, bounces, engaged ms, leads. */
export function sessionSums(sums: readonly number[], all: number) {
  const [sessions = 0, events = 0, page_views = 0, bounces = 0, engaged = 0, leads = 0] = sums;
  return {
    sessions,
    share: share(sessions, all),
    events,
    page_views,
    bounces,
    bounce_rate: share(bounces, sessions),
    average_engaged_ms: average(engaged, sessions),
    leads,
  };
}

export function pageSums([views = 0, sessions = 0, entries = 0, bounces = 0]: readonly number[]) {
  return { views, sessions, entries, bounces, bounce_rate: share(bounces, entries) };
}

export const typeSums = ([events = 0, sessions = 0]: readonly number[]) => ({ events, sessions });

const scrolled = (sum: number, sessions: number): number | null =>
  sessions > 0 ? Math.round((sum / sessions) * 10) / 10 : null;

export function engagementOf({ totals, durations, parts }: Slice) {
  const { sessions, page_views, bounce_rate, average_engaged_ms } = figuresOf(totals);
  const values = parts.get("engagement")?.values ?? new Map<string, number[]>();
  const bands = [...Array.from({ length: 10 }, (_, i) => String(i)), ""].map((band) => ({
    ...(band === ""
      ? { from: null, to: null }
      : { from: Number(band) * 10, to: band === "9" ? 100 : Number(band) * 10 + 9 }),
    ...sessionSums(values.get(band) ?? [], sessions),
  }));
  return {
    sessions,
    average_engaged_ms,
    median_duration_ms: medianOf(durations),
    average_scroll_percent: scrolled(totalOf(totals, "scroll"), sessions),
    pages_per_session: sessions > 0 ? Math.round((page_views / sessions) * 100) / 100 : null,
    bounce_rate,
    bands,
  };
}

export interface RankedRows {
  /** Best first. */
  rows: [value: string, sums: number[]][];
  /** Sums of the values that were not among the first hundred of their days. They have no name here. */
  other: number[] | null;
  hidden: number;
}

/** A breakdown in the order it is listed in. */
export function rankedPart(slice: Slice, part: Part): RankedRows {
  const known = slice.parts.get(part);
  if (!known) return { rows: [], other: null, hidden: 0 };
  const { values, other, hidden } = cutBreakdown(known, Number.POSITIVE_INFINITY);
  return { rows: ranked(values), other, hidden };
}
