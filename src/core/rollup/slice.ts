import { addDuration, type Durations, mergeDurations } from "./durations";
import { ROLLUP_TOP } from "./limits";
import { type Facts, PARTS, type Part, partsOf, TOTALS, totalsOf } from "./session-facts";
import {
  addPlace,
  mergeSketch,
  mergeWritten,
  newSketch,
  placeIn,
  type Sketch,
  type SketchPlace,
  writeSketch,
} from "./sketch";

/** The sums of some sessions: what a rollup stores, and what an answer is made from. Slices merge by adding. */
export interface Slice {
  /** By `TOTALS`. */
  totals: number[];
  durations: Durations;
  sketch: Sketch;
  parts: Map<Part, Breakdown>;
}

export interface Breakdown {
  /** Sums by value. */
  values: Map<string, number[]>;
  /** The values past the first hundred together; null when there was none. */
  other: number[] | null;
  /** The most that any value in `other` can have of the first sum, added up over the merged breakdowns. */
  hidden: number;
}

export const newSlice = (): Slice => ({
  totals: TOTALS.map(() => 0),
  durations: new Map(),
  sketch: newSketch(),
  parts: new Map(),
});

/** Adds number by number; `into` may be longer. */
export function addSums(into: number[], sums: readonly number[]): void {
  for (let i = 0; i < sums.length; i++) into[i] = (into[i] ?? 0) + (sums[i] ?? 0);
}

function breakdown(slice: Slice, part: Part): Breakdown {
  let known = slice.parts.get(part);
  if (!known) {
    known = { values: new Map(), other: null, hidden: 0 };
    slice.parts.set(part, known);
  }
  return known;
}

export function addValue(values: Map<string, number[]>, value: string, sums: readonly number[]): void {
  const known = values.get(value);
  if (known) addSums(known, sums);
  else values.set(value, [...sums]);
}

/** What a session adds to every slice it belongs to, worked out once. */
export interface Contribution {
  totals: number[];
  duration: number;
  /** Null if the session has no visitor id. */
  visitor: SketchPlace | null;
  parts: [Part, [string, number[]][]][];
}

export const contributionOf = (facts: Facts, parts: readonly Part[] = PARTS): Contribution => ({
  totals: totalsOf(facts),
  duration: facts.last_event_at - facts.started_at,
  visitor: facts.visitor_id === null ? null : placeIn(facts.visitor_id),
  parts: parts.map((part) => [part, partsOf(facts, part)]),
});

/** Changes `slice`. */
export function addSession(slice: Slice, { totals, duration, visitor, parts }: Contribution): void {
  addSums(slice.totals, totals);
  addDuration(slice.durations, duration);
  if (visitor !== null) addPlace(slice.sketch, visitor);
  for (const [part, entries] of parts) {
    const { values } = breakdown(slice, part);
    for (const [value, sums] of entries) addValue(values, value, sums);
  }
}

/** Changes `into`. */
export function mergeSlice(into: Slice, from: Slice): void {
  addSums(into.totals, from.totals);
  mergeDurations(into.durations, from.durations);
  mergeSketch(into.sketch, from.sketch);
  for (const [part, other] of from.parts) mergeBreakdown(breakdown(into, part), other);
}

function mergeBreakdown(into: Breakdown, from: Breakdown): void {
  for (const [value, sums] of from.values) addValue(into.values, value, sums);
  if (from.other) {
    into.other ??= [];
    addSums(into.other, from.other);
  }
  into.hidden += from.hidden;
}

/** By their first sum, the highest first; equal ones by name, so that the order does not depend on how the sums were made. */
export const ranked = (values: Map<string, number[]>): [string, number[]][] =>
  [...values].sort(([a, [x = 0]], [b, [y = 0]]) => y - x || (a < b ? -1 : 1));

/** The first `top` values, and the rest together. */
export function cutBreakdown({ values, other, hidden }: Breakdown, top: number): Breakdown {
  if (values.size <= top) return { values, other, hidden };
  const order = ranked(values);
  const rest = [...(other ?? [])];
  for (const [, sums] of order.slice(top)) addSums(rest, sums);
  return { values: new Map(order.slice(0, top)), other: rest, hidden: hidden + (order[top]?.[1][0] ?? 0) };
}

/** As stored in a rollup's columns. */
export interface StoredSlice {
  /** JSON: [totals, [bucket, count, …]]. */
  totals: string;
  sketch: string;
  /** JSON: { part: [[value, …sums], other or null, hidden] }. */
  parts: string;
}

export function writeSlice({ totals, durations, sketch, parts }: Slice): StoredSlice {
  const cut = [...parts].map(([part, whole]) => {
    const { values, other, hidden } = cutBreakdown(whole, ROLLUP_TOP);
    return [part, [[...values].map(([value, sums]) => [value, ...sums]), other, hidden]];
  });
  return {
    totals: JSON.stringify([totals, [...durations].flat()]),
    sketch: writeSketch(sketch),
    parts: JSON.stringify(Object.fromEntries(cut)),
  };
}

type StoredBreakdown = [values: [string, ...number[]][], other: number[] | null, hidden: number];

/** Adds what a rollup's columns hold. `parts` has only the parts that were read: JSON of part to breakdown. Changes `into`. */
export function mergeStored(
  into: Slice,
  stored: { totals: string; sketch?: string | null; parts?: string | null },
): void {
  const [totals, durations] = JSON.parse(stored.totals) as [number[], number[]];
  addSums(into.totals, totals);
  for (let i = 0; i < durations.length; i += 2) {
    const bucket = durations[i] ?? 0;
    into.durations.set(bucket, (into.durations.get(bucket) ?? 0) + (durations[i + 1] ?? 0));
  }
  if (stored.sketch) mergeWritten(into.sketch, stored.sketch);
  const parts = Object.entries(JSON.parse(stored.parts ?? "{}") as Record<Part, StoredBreakdown | null>);
  for (const [part, entry] of parts) {
    if (!entry) continue;
    const [values, other, hidden] = entry;
    const target = breakdown(into, part as Part);
    for (const [value, ...sums] of values) addValue(target.values, value, sums);
    mergeBreakdown(target, { values: new Map(), other, hidden });
  }
}
