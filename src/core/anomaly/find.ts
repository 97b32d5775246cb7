import { ANOMALY_WEEKS, WEEK_MS } from "../../limits";
import { HOUR_MS } from "../../time";
import { TOTALS, type Total } from "../rollup/session-facts";
import { type AnomalyRule, KINDS, type Measure, type Sums } from "./kinds";
import { mad, median } from "./robust";

/** With fewer known weeks an hour is not judged. */
const ANOMALY_MIN_WEEKS = 4;

/** Finds anomalies: hours that differ from the same hour of the weeks before. Pure. */

export interface Anomaly {
  kind: string;
  /** Start of the hour that deviates most, epoch ms. */
  at: number;
  /** The unusual hours in a row: [from, to), epoch ms. */
  from: number;
  to: number;
  /** How many hours the value sums; the last of them starts at `at`. */
  hours: number;
  value: number;
  median: number;
  mad: number;
  /** How many MADs the value is off the median. The MAD is taken to be no smaller than chance makes it. Negative: too little. */
  deviation: number;
  /** How many weeks the median is taken from. */
  samples: number;
}

/** Sums by the hour's start, epoch ms. An hour that is missing is unknown, which is not the same as zero. */
export type KnownHours = ReadonlyMap<number, Sums>;

/** The anomalies of the hours in [from, to), latest first. `known` has to hold the `ANOMALY_WEEKS` weeks before, too. */
export function findAnomalies(known: KnownHours, from: number, to: number): Anomaly[] {
  const found = KINDS.flatMap((kind) => {
    const anomalies: Anomaly[] = [];
    const measured = measuring(known, kind);
    for (let at = Math.ceil(from / HOUR_MS) * HOUR_MS; at + HOUR_MS <= to; at += HOUR_MS) {
      const anomaly = judge(measured, kind, at);
      if (anomaly) join(anomalies, anomaly);
    }
    return anomalies;
  });
  return found.sort((a, b) => b.at - a.at || (a.kind < b.kind ? -1 : 1));
}

/** Merges hours in a row into one anomaly, with the figures of the worst hour. */
function join(anomalies: Anomaly[], next: Anomaly): void {
  const last = anomalies.at(-1);
  if (!last || last.to !== next.from) anomalies.push(next);
  else {
    const worst = Math.abs(next.deviation) > Math.abs(last.deviation) ? next : last;
    anomalies[anomalies.length - 1] = { ...worst, from: last.from, to: next.to };
  }
}

/** The measure of the window that ends with an hour; null unless all of its hours are known. */
type Measured = (at: number) => Measure | null;

function judge(measured: Measured, kind: AnomalyRule, at: number): Anomaly | null {
  const now = measured(at);
  if (!now) return null;
  const before = Array.from({ length: ANOMALY_WEEKS }, (_, i) => measured(at - (i + 1) * WEEK_MS)).filter(
    (measure) => measure !== null,
  );
  if (before.length < ANOMALY_MIN_WEEKS) return null;
  const values = before.map(({ value }) => value);
  const usual = median(values);
  const usualWeight = median(before.map(({ weight }) => weight));
  if ((kind.side === 1 ? now.weight : usualWeight) < kind.least || !kind.matters(now.value, usual)) return null;
  const spread = mad(values);
  const unit = Math.max(spread, kind.chance(usual, Math.min(now.weight, usualWeight) || 1));
  const deviation = (now.value - usual) / unit;
  if (deviation * kind.side < kind.mads) return null;
  return {
    kind: kind.name,
    at,
    from: at,
    to: at + HOUR_MS,
    hours: kind.hours,
    value: now.value,
    median: usual,
    mad: spread,
    deviation: Math.round(deviation * 10) / 10,
    samples: before.length,
  };
}

/** Remembers the measure of each hour, because each of the weeks after it asks for it again. */
function measuring(known: KnownHours, { hours, measure }: AnomalyRule): Measured {
  const measures = new Map<number, Measure | null>();
  return (at) => {
    const before = measures.get(at);
    if (before !== undefined) return before;
    const sums = hours === 1 ? known.get(at) : windowOf(known, hours, at);
    const made = sums ? measure(sums) : null;
    measures.set(at, made);
    return made;
  };
}

function windowOf(known: KnownHours, hours: number, at: number): Sums | null {
  const sum = { people: zeros(), bots: zeros(), dead: 0 };
  for (let i = 0; i < hours; i++) {
    const sums = known.get(at - i * HOUR_MS);
    if (!sums) return null;
    for (const name of TOTALS) {
      sum.people[name] += sums.people[name];
      sum.bots[name] += sums.bots[name];
    }
    sum.dead += sums.dead;
  }
  return sum;
}

const byName = (of: (name: Total) => number) =>
  Object.fromEntries(TOTALS.map((name) => [name, of(name)])) as Record<Total, number>;

const zeros = () => byName(() => 0);

/** Names the sums that a rollup stores as a list. */
export const sumsByName = (sums: readonly number[]): Record<Total, number> =>
  byName((name) => sums[TOTALS.indexOf(name)] ?? 0);
