import { DAY_MS, HOUR_MS } from "../../time";

/** Plans which parts of a time range are answered from which rollups, and which from rows. Pure. */

export interface TimeRange {
  from: number;
  to: number;
}

/** Which rollups are valid: those of periods before `hours_through` and `days_through` (epoch ms), unless they are marked. */
export interface Validity {
  hours_through: number;
  days_through: number;
  /** Starts of marked periods. */
  markedHours: ReadonlySet<number>;
  markedDays: ReadonlySet<number>;
}

export interface ReadPlan {
  /** Starts of whole valid days, from daily rollups. */
  days: number[];
  /** Starts of whole valid hours outside of those days, from hourly rollups. */
  hours: number[];
  /** The rest, from rows: in rising order, never next to each other. */
  rows: TimeRange[];
}

/**
 * Covers [from, to) with as few reads as possible: whole days, then whole hours, then rows. `useHours` is false if hourly rollups
 * do not hold what is asked.
 */
export function planRange({ from, to }: TimeRange, validity: Validity, useHours: boolean): ReadPlan {
  const plan: ReadPlan = { days: [], hours: [], rows: [] };
  for (let at = from; at < to; ) {
    if (at % DAY_MS === 0 && at + DAY_MS <= to && at < validity.days_through && !validity.markedDays.has(at)) {
      plan.days.push(at);
      at += DAY_MS;
    } else if (useHours && at % HOUR_MS === 0 && at + HOUR_MS <= to && isValidHour(at, validity)) {
      plan.hours.push(at);
      at += HOUR_MS;
    } else {
      // From `hours_through` on nothing is rolled up, so one range of rows goes to the end.
      const end = at >= validity.hours_through ? to : Math.min(to, (Math.floor(at / HOUR_MS) + 1) * HOUR_MS);
      const last = plan.rows.at(-1);
      if (last && last.to === at) last.to = end;
      else plan.rows.push({ from: at, to: end });
      at = end;
    }
  }
  return plan;
}

const isValidHour = (at: number, { hours_through, markedHours }: Validity): boolean =>
  at < hours_through && !markedHours.has(at);
